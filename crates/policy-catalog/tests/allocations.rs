//! Looking things up allocates nothing.

use std::hint::black_box;

use iam_policy_catalog::Catalog;
use testing_support::allocations::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn nothing_is_allocated() {
    assert_eq!(allocations(look_everything_up), 0);
}

fn look_everything_up() {
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
}
