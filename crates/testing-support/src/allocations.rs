//! An allocator that counts allocations, for tests that prove there are none.
//!
//! ```
//! use testing_support::allocations::{Counting, allocations};
//!
//! #[global_allocator]
//! static ALLOCATOR: Counting = Counting;
//!
//! assert_eq!(allocations(|| assert_eq!(1 + 1, 2)), 0);
//! assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
//! ```
#![expect(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, with a count of each thread's allocations.
#[derive(Clone, Copy, Debug)]
pub struct Counting;

fn count() {
    COUNT.set(COUNT.get() + 1);
}

// SAFETY: every method passes its arguments to the system's allocator and returns its result.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller upholds the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller upholds the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs `f` and returns how often it allocated, provided that [`Counting`] is the global allocator.
pub fn allocations(f: impl FnOnce()) -> usize {
    let before = COUNT.get();
    f();
    COUNT.get() - before
}
