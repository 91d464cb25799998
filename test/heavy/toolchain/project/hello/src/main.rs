use shout::Shout;

#[derive(Shout)]
struct Packager;

fn main() {
    let counts = hello::count("made here, used here");
    let caught = std::panic::catch_unwind(|| panic!("caught"));
    let half = std::env::args().count() as f64 / 2.0;
    println!("{} {} {} {} {half}", Packager::name(), counts["here,"], hello::sum_below(101), caught.is_err());
}
