//! Uses everything a constant offers, without `std`, `alloc` or an allocator.
//!
//! `tests/freestanding.rs` builds it as a static library with unwinding off. Such a library is complete, so the
//! compiler requires an allocator as soon as any crate links `alloc`, and exactly one panic handler; `std` would bring
//! a second.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc as _;

use core::fmt::{self, Write};

use iam_policy::ParameterValue::Text;
use iam_policy::{Evaluation, Options, Partition, RenderError, Style, require_allowed};

iam_policy::policies!("../policies.toml");

require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/cat.jpg");

const _: () = assert!(USER.allows("s3:PutObject", "arn:aws:s3:::uploads/cat.jpg"));

/// Text in an array.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    bytes: [u8; 1024],
    length: usize,
}

impl Buffer {
    /// An empty text.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: [0; 1024],
            length: 0,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let written = self.bytes.get(..self.length).unwrap_or_default();
        str::from_utf8(written).unwrap_or_default()
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// Decides at run time.
#[must_use]
pub fn decide(action: &str, resource: &str) -> (bool, Evaluation) {
    (USER.allows(action, resource), USER.evaluate(action, resource))
}

/// Renders the policy into `out`, for China, with another bucket and without white space, or reports what is wrong with
/// `bucket`.
///
/// # Errors
///
/// If `out` is too small.
pub fn render(bucket: &str, out: &mut Buffer) -> fmt::Result {
    let parameters = [("bucket", Text(bucket))];
    let options = Options::DEFAULT
        .partition(Partition::China)
        .parameters(&parameters)
        .style(Style::MINIFIED);
    match USER.render(options) {
        Ok(json) => write!(out, "{json}"),
        Err(error) => refuse(error, options, out),
    }
}

fn refuse(error: RenderError<'static>, options: Options<'_>, out: &mut Buffer) -> fmt::Result {
    write!(out, "{}", error.display(&options))
}

/// Renders the trust policy and the table of reasons into `out`.
///
/// # Errors
///
/// If `out` is too small.
pub fn explain(out: &mut Buffer) -> fmt::Result {
    if let Ok(json) = USER.render_trust(Options::DEFAULT) {
        write!(out, "{json}")?;
    }
    write!(out, "{}", USER.explanation())
}

/// Keeps everything above in the library, under a C name.
#[expect(unsafe_code, reason = "a name for the linker is unsafe to give")]
#[unsafe(no_mangle)]
pub extern "C" fn testing_no_alloc() -> usize {
    let mut out = Buffer::new();
    let done = render("audit", &mut out).and_then(|()| explain(&mut out));
    let (allowed, _) = decide("s3:PutObject", out.as_str());
    if done.is_ok() && !allowed {
        out.as_str().len()
    } else {
        0
    }
}

/// Where there is unwinding there is `std`, which has its own handler.
#[cfg(panic = "abort")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
