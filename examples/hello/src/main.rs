fn main() {
    let name = std::env::args().nth(1).unwrap_or_else(|| "packager".to_string());
    println!("{}", hello::greeting(&name));
}
