// A shell function of scripts that are given a compiler: whether it is of the release that the plan was made for.

/** `check PROGRAM RELEASE`: prints what the program in the folder `$bin` says of itself, or ends the script. `$whose` begins the message. */
export const versionCheck = `check() {
    found=$("$bin/$1" --version)
    case $found in
        "$1 $2" | "$1 $2 "* | "$1 $2-"*) echo "$found" ;;
        *)
            echo "$whose $1 says that it is \\\`$found\\\`; the plan was made for $2" >&2
            exit 1
            ;;
    esac
}
`;
