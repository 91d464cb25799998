/// A greeting for somebody.
pub fn greeting(name: &str) -> String {
    format!("Hello, {name}! I was built for {}.", env!("HELLO_TARGET"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn greets_by_name() {
        assert!(super::greeting("packager").starts_with("Hello, packager!"));
    }
}
