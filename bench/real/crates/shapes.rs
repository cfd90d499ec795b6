//! Generic code and trait objects for other crates; thread-locals, one of them made at its first use.
use std::cell::Cell;

thread_local! {
    static MADE: Cell<u32> = const { Cell::new(0) };
    static NAMES: &'static [String] = Box::leak(["shape", "square"].iter().map(|s| s.to_uppercase()).collect());
}

pub trait Shape { fn area(&self) -> f64; fn name(&self) -> &str { &names()[0] } }
pub struct Square(pub f64);
pub struct Scaled<S, const N: u32>(pub S);

impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } fn name(&self) -> &str { &names()[1] } }
impl<S: Shape, const N: u32> Shape for Scaled<S, N> { fn area(&self) -> f64 { self.0.area() * f64::from(N) } }

pub fn names() -> &'static [String] {
    NAMES.with(|names| *names)
}
pub fn make<S: Shape + 'static>(shape: S) -> Box<dyn Shape> { MADE.with(|made| made.set(made.get() + 1)); Box::new(shape) }
pub fn made() -> u32 { MADE.with(Cell::get) }
#[inline(never)]
#[no_mangle]
pub extern "C" fn shapes_checked(n: u32) -> u32 { n.checked_mul(3).map_or(0, |x| x + 1) }
