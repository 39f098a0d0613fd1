//! Events for subscribers of the crate `tracing`, with the feature of that name; nothing without it.

/// An event of a level (`debug`, `info`, `warn`), with fields that are shown by `Display`.
macro_rules! event {
    ($level:ident, $(%$field:ident,)* $message:literal) => {{
        #[cfg(feature = "tracing")]
        ::tracing::$level!($(%$field,)* $message);
        #[cfg(not(feature = "tracing"))]
        {
            $(let _ = &$field;)*
        }
    }};
}

pub(crate) use event;
