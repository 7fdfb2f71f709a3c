//! wxsub as a C library. `wxsub.h` says how to call it.
//!
//! This is the only code of wxsub that is not safe: it reads memory of the caller, and gives away memory of its own.

use std::ffi::{CString, c_char};
use std::panic::{UnwindSafe, catch_unwind};
use std::ptr;

use serde_json::json;
use wxsub::Lang;

/// The value of `lang` for Chinese messages. Any other value is English.
const CHINESE: i32 = 1;

/// Reads all callbacks and findings of a capture. Returns JSON, or null if there is no memory for it.
///
/// # Safety
///
/// `bytes` points to `len` bytes that nobody changes during the call, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wxsub_extract(bytes: *const u8, len: usize, lang: i32) -> *mut c_char {
    if len > 0 && bytes.is_null() {
        return refuse("invalid-argument", "`bytes` is null, but `len` is not 0");
    }
    if isize::try_from(len).is_err() {
        return refuse("invalid-argument", "`len` is more than memory can hold");
    }
    let capture = match len {
        0 => &[],
        // SAFETY: the pointer is not null, the length fits, and the caller promises the rest.
        _ => unsafe { std::slice::from_raw_parts(bytes, len) },
    };
    guarded(move || extract(capture, lang))
}

/// Frees a text that [`wxsub_extract`] returned. Null is allowed.
///
/// # Safety
///
/// `json` is null or was returned by [`wxsub_extract`], and was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wxsub_free(json: *mut c_char) {
    if !json.is_null() {
        // SAFETY: the text was made by `into_raw`, and the caller gives it back once.
        drop(unsafe { CString::from_raw(json) });
    }
}

fn extract(capture: &[u8], lang: i32) -> String {
    let lang = match lang {
        CHINESE => Lang::Zh,
        _ => Lang::En,
    };
    // Not by way of `json!`, which would lose digits and the order of keys.
    serde_json::to_string(&wxsub::extract(capture, lang)).expect("keys are texts")
}

/// Runs `make`. A panic becomes an error, since it must not reach the caller's language.
fn guarded(make: impl FnOnce() -> String + UnwindSafe) -> *mut c_char {
    catch_unwind(make).map_or_else(
        |_| refuse("internal-error", "wxsub failed: this is a fault of wxsub"),
        give,
    )
}

fn refuse(code: &str, message: &str) -> *mut c_char {
    give(json!({"error": {"code": code, "message": message}}).to_string())
}

/// Gives a text to the caller.
fn give(json: String) -> *mut c_char {
    // JSON escapes zero bytes, so there are none.
    CString::new(json).map_or(ptr::null_mut(), CString::into_raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn taken(json: *mut c_char) -> String {
        assert!(!json.is_null());
        // SAFETY: the text was made by `give`, and is freed here only.
        unsafe {
            let text = CStr::from_ptr(json).to_str().expect("UTF-8").to_owned();
            wxsub_free(json);
            text
        }
    }

    fn extracted(bytes: &[u8], lang: i32) -> String {
        // SAFETY: the slice is its own length.
        taken(unsafe { wxsub_extract(bytes.as_ptr(), bytes.len(), lang) })
    }

    #[test]
    fn a_panic_is_an_error() {
        let json = taken(guarded(|| panic!("on purpose")));
        assert!(
            json.starts_with(r#"{"error":{"code":"internal-error""#),
            "{json}"
        );
    }

    #[test]
    fn null_is_nothing_only_without_a_length() {
        let at = |len| {
            // SAFETY: the pointer is null, which is checked.
            taken(unsafe { wxsub_extract(ptr::null(), len, 0) })
        };
        assert!(at(0).contains("no-payload"));
        assert!(at(1).contains("invalid-argument"));
    }

    #[test]
    fn a_length_that_no_memory_has_is_refused() {
        let byte = 0_u8;
        // SAFETY: the length is refused before the pointer is read.
        let json = taken(unsafe { wxsub_extract(&byte, usize::MAX, 0) });
        assert!(json.contains("more than memory can hold"), "{json}");
    }

    #[test]
    fn zero_bytes_of_a_payload_do_not_end_the_text() {
        let json = extracted(
            br#"{"Event":"subscribe_msg_sent_event","List":[],"a":"\u0000b"}"#,
            0,
        );
        assert!(json.contains(r#""a":"\u0000b""#), "{json}");
        assert!(json.ends_with("]}"), "{json}");
    }

    #[test]
    fn messages_are_in_two_languages() {
        assert!(extracted(b"<xml", 0).contains("\"severity\":\"error\""));
        assert_ne!(extracted(b"<xml", 0), extracted(b"<xml", CHINESE));
        assert_eq!(extracted(b"<xml", 0), extracted(b"<xml", 7));
    }

    #[test]
    fn null_can_be_freed() {
        // SAFETY: null is allowed.
        unsafe { wxsub_free(ptr::null_mut()) };
    }
}
