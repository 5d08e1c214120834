//! Looking things up allocates nothing.

#![expect(unsafe_code, reason = "an allocator that counts is the way to see allocations")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use iam_policy_catalog::Catalog;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, with a count per thread.
struct Counting;

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are the ones that are needed.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer is from `alloc`, so from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn nothing_is_allocated() {
    let before = COUNT.get();
    let catalog = Catalog::get();
    black_box((catalog.version(), catalog.date()));
    for action in catalog.actions() {
        let service = action.service();
        black_box((action.name(), action.access_level(), service.name(), service.category()));
        black_box(service.action(action.name()));
        black_box(action.condition_keys().chain(service.condition_keys()).count());
        for found in action.resource_types() {
            black_box((found.is_required(), found.dependent_actions().count()));
            for format in found.resource_type().arn_formats() {
                black_box(format.parts().count());
            }
        }
    }
    for key in catalog.condition_keys() {
        black_box((key.key_type(), key.global_scope(), catalog.condition_key(key.name())));
    }
    black_box(catalog.condition_key("aws:RequestTag/team"));
    black_box(catalog.expand("ec2:*Instance?").count());
    black_box(catalog.suggest_action("s3:PutBuketPolicy"));
    black_box(catalog.suggest_service("lamda"));
    black_box(catalog.suggest_condition_key("aws:RequstTag/team"));
    assert_eq!(COUNT.get(), before);
}
