//! A macro that the compiler loads while it works.
use proc_macro::TokenStream;

/// Gives a type a function `name` that tells what it is called, loudly.
#[proc_macro_derive(Shout)]
pub fn shout(input: TokenStream) -> TokenStream {
    let mut words = input.into_iter().map(|word| word.to_string());
    let name = words.by_ref().skip_while(|word| word != "struct").nth(1).expect("a name");
    format!("impl {name} {{ pub fn name() -> &'static str {{ \"{}\" }} }}", name.to_uppercase()).parse().expect("a program")
}
