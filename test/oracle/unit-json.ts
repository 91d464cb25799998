// The form in which `cargo build --unit-graph` prints its answer.
export interface GraphJson {
    readonly version: number;
    readonly units: readonly UnitJson[];
    readonly roots: readonly number[];
}

export interface UnitJson {
    readonly pkg_id: string;
    readonly target: {
        readonly kind: readonly string[];
        readonly crate_types: readonly string[];
        readonly name: string;
        readonly src_path: string;
        readonly edition: string;
        readonly doc: boolean;
        readonly doctest: boolean;
        readonly test: boolean;
        readonly 'required-features'?: readonly string[];
    };
    readonly profile: Readonly<Record<string, unknown>>;
    readonly platform: string | null;
    readonly mode: string;
    readonly features: readonly string[];
    readonly dependencies: readonly DependencyJson[];
}

export interface DependencyJson {
    readonly index: number;
    readonly extern_crate_name: string;
    readonly public: boolean;
    readonly noprelude: boolean;
}
