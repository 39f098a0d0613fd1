//! Spans and events for subscribers of the crate `tracing`, with the feature of that name; nothing without it.

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

/// A span of level `info`, to the end of the block where it stands.
macro_rules! span {
    ($name:literal) => {
        #[cfg(feature = "tracing")]
        let _span = ::tracing::info_span!($name).entered();
    };
}

pub(crate) use {event, span};
