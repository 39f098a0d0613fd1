//! What would change something: the kernel asks for it where somebody has mounted anew what was mounted read-only.

/// An answer to each request of a list, by what it says and how it is answered.
macro_rules! refused {
    ($($request:ident($($said:ty),*) -> $reply:ty;)*) => {$(
        fn $request(&self, _: &fuser::Request, $(_: $said,)* reply: $reply) {
            reply.error(fuser::Errno::EROFS);
        }
    )*};
}

/// The requests of [`fuser::Filesystem`] that change something, but those about files that are open for it: none is opened so.
macro_rules! refused_as_read_only {
    () => {
        super::read_only::refused! {
            setattr(
                fuser::INodeNo, Option<u32>, Option<u32>, Option<u32>, Option<u64>, Option<fuser::TimeOrNow>,
                Option<fuser::TimeOrNow>, Option<std::time::SystemTime>, Option<fuser::FileHandle>,
                Option<std::time::SystemTime>, Option<std::time::SystemTime>, Option<std::time::SystemTime>,
                Option<fuser::BsdFileFlags>
            ) -> fuser::ReplyAttr;
            mknod(fuser::INodeNo, &std::ffi::OsStr, u32, u32, u32) -> fuser::ReplyEntry;
            mkdir(fuser::INodeNo, &std::ffi::OsStr, u32, u32) -> fuser::ReplyEntry;
            unlink(fuser::INodeNo, &std::ffi::OsStr) -> fuser::ReplyEmpty;
            rmdir(fuser::INodeNo, &std::ffi::OsStr) -> fuser::ReplyEmpty;
            symlink(fuser::INodeNo, &std::ffi::OsStr, &std::path::Path) -> fuser::ReplyEntry;
            rename(
                fuser::INodeNo, &std::ffi::OsStr, fuser::INodeNo, &std::ffi::OsStr, fuser::RenameFlags
            ) -> fuser::ReplyEmpty;
            link(fuser::INodeNo, fuser::INodeNo, &std::ffi::OsStr) -> fuser::ReplyEntry;
            create(fuser::INodeNo, &std::ffi::OsStr, u32, u32, i32) -> fuser::ReplyCreate;
            setxattr(fuser::INodeNo, &std::ffi::OsStr, &[u8], i32, u32) -> fuser::ReplyEmpty;
            removexattr(fuser::INodeNo, &std::ffi::OsStr) -> fuser::ReplyEmpty;
        }
    };
}

pub(super) use {refused, refused_as_read_only};
