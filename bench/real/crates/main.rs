//! Three crates in one program: generics of one are made in another, and std is in all of them.
use shapes::{make, Scaled, Shape, Square};
use std::error::Error;

fn show(shapes: &[Box<dyn Shape>]) -> Result<(), Box<dyn Error>> {
    print!("{}", table::table(shapes)?);
    Ok(())
}

fn main() {
    let mut shapes = vec![make(Square(2.0)), make(Scaled::<_, 3>(Square(1.5))), make(Scaled::<_, 7>(Scaled::<_, 2>(Square(0.5))))];
    show(&shapes).unwrap();
    shapes.clear();
    println!("{}", show(&shapes).unwrap_err());
    println!("{} {} {:?}", shapes::made(), shapes::shapes_checked(1 << 30), shapes::names());
    std::process::exit(shapes::shapes_checked(10) as i32 + shapes::made() as i32);
}
