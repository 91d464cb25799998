// Arithmetic that compilers like to use the registers of newer processors for, and something of the standard library.
use std::collections::BTreeMap;
use std::thread;

fn main() {
    let numbers: Vec<f64> = (1..=1000).map(|n| f64::from(n).sqrt()).collect();
    let half = numbers.len() / 2;
    let (front, back) = numbers.split_at(half);
    let sum = thread::scope(|scope| {
        let front = scope.spawn(|| front.iter().sum::<f64>());
        let back = scope.spawn(|| back.iter().sum::<f64>());
        front.join().unwrap() + back.join().unwrap()
    });
    let product = (1..=20u64).product::<u64>();
    let wide = u128::from(product) * u128::from(product);
    let mut counts = BTreeMap::new();
    for letter in "pentium without streaming".chars() {
        *counts.entry(letter).or_insert(0u32) += 1;
    }
    let single = numbers.iter().map(|&number| number as f32).fold(0.0, f32::max);
    println!("{sum:.3} {product} {wide} {} {single:.3}", counts[&'t']);
    println!("sse {}", is_x86_feature_detected!("sse"));
}
