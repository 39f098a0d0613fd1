//! All codes of IMAPI2, and when each arises here. `docs/error-codes.md` is made of this file: a description that begins
//! with "Never:" or "Not here yet:" says why a code does not arise.

use super::Imapi2Code;

macro_rules! codes {
    ($($part:literal { $($(#[$description:meta])+ $name:ident = $number:literal;)+ })+) => {
        impl Imapi2Code {
            $($($(#[$description])+
            pub const $name: Imapi2Code = Imapi2Code { name: stringify!($name), number: $number };)+)+

            /// All of them, in the order of `docs/error-codes.md`.
            pub const ALL: &'static [Imapi2Code] = &[$($(Imapi2Code::$name),+),+];
        }
    };
}

codes! {
    "Images" {
        /// Never: a contradiction in this crate's own planning would be a bug, and none is known.
        IMAPI_E_FSI_INTERNAL_ERROR = 0xC0AA_B100;
        /// An option or argument has an impossible value.
        IMAPI_E_INVALID_PARAM = 0xC0AA_B101;
        /// Never: a tree is borrowed by the plan that is made of it, and what would change it does not compile.
        IMAPI_E_READONLY = 0xC0AA_B102;
        /// A plan without any file system.
        IMAPI_E_NO_OUTPUT = 0xC0AA_B103;
        /// A strict plan meets a volume name that a file system cannot hold as it is.
        IMAPI_E_INVALID_VOLUME_NAME = 0xC0AA_B104;
        /// Of the volume's dates, the modification lies before the creation, or the expiration before the effective date.
        IMAPI_E_INVALID_DATE = 0xC0AA_B105;
        /// Never: whether a plan is strict can be chosen for any tree.
        IMAPI_E_FILE_SYSTEM_NOT_EMPTY = 0xC0AA_B106;
        /// A file was asked for, and something else has the path.
        IMAPI_E_NOT_FILE = 0xC0AA_B108;
        /// A directory was asked for, and something else has the path.
        IMAPI_E_NOT_DIR = 0xC0AA_B109;
        /// A directory with something in it is removed as if it were empty (`Tree::remove_leaf`).
        IMAPI_E_DIR_NOT_EMPTY = 0xC0AA_B10A;
        /// An item is removed that is in no directory: it was made so, or was removed before.
        IMAPI_E_NOT_IN_FILE_SYSTEM = 0xC0AA_B10B;
        /// A path inside the image that is not well formed, or one of an image that cannot be extracted.
        IMAPI_E_INVALID_PATH = 0xC0AA_B110;
        /// A strict plan meets a name or an item that a file system cannot keep as it is, or a tree of restricted names is given another.
        IMAPI_E_RESTRICTED_NAME_VIOLATION = 0xC0AA_B111;
        /// Something has the path already.
        IMAPI_E_DUP_NAME = 0xC0AA_B112;
        /// The names of a directory cannot be made unique in a file system. No test: it takes over 99,999,999 of one beginning.
        IMAPI_E_NO_UNIQUE_NAME = 0xC0AA_B113;
        /// No path leads there.
        IMAPI_E_ITEM_NOT_FOUND = 0xC0AA_B118;
        /// A file was asked for, and no path leads there.
        IMAPI_E_FILE_NOT_FOUND = 0xC0AA_B119;
        /// A directory was asked for, or lies on the way, and is not there.
        IMAPI_E_DIR_NOT_FOUND = 0xC0AA_B11A;
        /// What is added does not fit below the limit of the tree (`Tree::limit_blocks`).
        IMAPI_E_IMAGE_SIZE_LIMIT = 0xC0AA_B120;
        /// The image is larger than what is available for it, or than its addresses reach.
        IMAPI_E_IMAGE_TOO_BIG = 0xC0AA_B121;
        /// A source is not what it was when the image was planned.
        IMAPI_E_DATA_STREAM_INCONSISTENCY = 0xC0AA_B128;
        /// A source is open and cannot be read.
        IMAPI_E_DATA_STREAM_READ_FAILURE = 0xC0AA_B129;
        /// A source cannot be opened.
        IMAPI_E_DATA_STREAM_CREATE_FAILURE = 0xC0AA_B12A;
        /// A source folder cannot be listed.
        IMAPI_E_DIRECTORY_READ_FAILURE = 0xC0AA_B12B;
        /// More directories than path tables can number.
        IMAPI_E_TOO_MANY_DIRS = 0xC0AA_B130;
        /// A directory below the eighth level, where that is refused.
        IMAPI_E_ISO9660_LEVELS = 0xC0AA_B131;
        /// A file is longer than a file system or its level allows.
        IMAPI_E_DATA_TOO_BIG = 0xC0AA_B132;
        /// No temporary file can be made.
        IMAPI_E_STASHFILE_OPEN_FAILURE = 0xC0AA_B138;
        /// Never: temporary files are read and written by position.
        IMAPI_E_STASHFILE_SEEK_FAILURE = 0xC0AA_B139;
        /// An image, a folder, a temporary file or that of a simulated medium cannot be written.
        IMAPI_E_STASHFILE_WRITE_FAILURE = 0xC0AA_B13A;
        /// A temporary file cannot be read, or was cut.
        IMAPI_E_STASHFILE_READ_FAILURE = 0xC0AA_B13B;
        /// The folder for temporary files is none.
        IMAPI_E_INVALID_WORKING_DIRECTORY = 0xC0AA_B140;
        /// The folder for temporary files, or the budget for them, has no room for more.
        IMAPI_E_WORKING_DIRECTORY_SPACE = 0xC0AA_B141;
        /// Temporary files cannot be moved into another folder. They stay where they were.
        IMAPI_E_STASHFILE_MOVE = 0xC0AA_B142;
    }
    "What boots" {
        /// A boot image, boot catalog or partition that cannot be as it was asked for, or what boots and cannot be kept.
        IMAPI_E_BOOT_IMAGE_DATA = 0xC0AA_B148;
        /// What boots from a disk, or is mounted as one, in a session behind others. Boot images for CDs are for all sessions.
        IMAPI_E_BOOT_OBJECT_CONFLICT = 0xC0AA_B149;
        /// A boot image that is to seem a diskette has the length of none.
        IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH = 0xC0AA_B14A;
    }
    "Importing and continuing" {
        /// The imported session cannot be continued.
        IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION = 0xC0AA_B133;
        /// There is nothing to import.
        IMAPI_E_EMPTY_DISC = 0xC0AA_B150;
        /// No file system that is read here.
        IMAPI_E_NO_SUPPORTED_FILE_SYSTEM = 0xC0AA_B151;
        /// The file system that was asked for is not in the session.
        IMAPI_E_FILE_SYSTEM_NOT_FOUND = 0xC0AA_B152;
        /// The image contradicts itself or its standard.
        IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR = 0xC0AA_B153;
        /// The image uses what is not read here, or something is asked for that is not done here.
        IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED = 0xC0AA_B154;
        /// A directory is added where the session has a file.
        IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY = 0xC0AA_B155;
        /// A sector of the image lies behind its end.
        IMAPI_E_IMPORT_SEEK_FAILURE = 0xC0AA_B156;
        /// A sector of the image cannot be read.
        IMAPI_E_IMPORT_READ_FAILURE = 0xC0AA_B157;
        /// Another disc than the one that was imported, or another state of it.
        IMAPI_E_DISC_MISMATCH = 0xC0AA_B158;
        /// A kind of medium that no sessions are recorded on.
        IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED = 0xC0AA_B159;
        /// A revision of UDF that is read and not written.
        IMAPI_E_UDF_NOT_WRITE_COMPATIBLE = 0xC0AA_B15A;
        /// What was named does not grow in the way that was asked for.
        IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE = 0xC0AA_B15B;
        /// No further session is possible: the medium is closed, read-only or full.
        IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE = 0xC0AA_B15C;
        /// A tree that refers to an earlier session, planned without the place behind it.
        IMAPI_E_MULTISESSION_NOT_SET = 0xC0AA_B15D;
        /// A file is added where the session has a directory.
        IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE = 0xC0AA_B15E;
        /// A notice that UDF of this revision leaves out streams, or that nothing tells of a real-time file (`Imapi2Code::of_notice`).
        IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED = 0x00AA_B15F;
        /// What is no file is to be a real-time file.
        IMAPI_E_PROPERTY_NOT_ACCESSIBLE = 0xC0AA_B160;
        /// Another revision of UDF than that of the session that is continued.
        IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED = 0xC0AA_B161;
        /// A session that does not exist, or a plan for another place than that of the next session.
        IMAPI_E_BAD_MULTISESSION_PARAMETER = 0xC0AA_B162;
        /// Other file systems than those of the session that is continued.
        IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED = 0xC0AA_B163;
    }
    "Images that are there" {
        /// A quick check (`QuickCheck`) of an image whose length is no multiple of 2048 bytes.
        IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED = 0xC0AA_B200;
        /// A quick check of an image without a volume descriptor at sector 16.
        IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND = 0xC0AA_B201;
        /// An image file cannot be opened.
        IMAPI_E_IMAGEMANAGER_NO_IMAGE = 0xC0AA_B202;
        /// A quick check of an image of more sectors than a drive can address.
        IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG = 0xC0AA_B203;
    }
    "Drives" {
        /// MODE SENSE refuses a page.
        E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE = 0xC0AA_0201;
        /// 2/3A.
        E_IMAPI_RECORDER_MEDIA_NO_MEDIA = 0xC0AA_0202;
        /// 2/30, 5/30.
        E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE = 0xC0AA_0203;
        /// 2/06: the drive finds no reference position.
        E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN = 0xC0AA_0204;
        /// 2/04/01 for longer than the drive is given.
        E_IMAPI_RECORDER_MEDIA_BECOMING_READY = 0xC0AA_0205;
        /// 2/04/04, likewise.
        E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS = 0xC0AA_0206;
        /// 2/04/07 and 2/04/08, likewise.
        E_IMAPI_RECORDER_MEDIA_BUSY = 0xC0AA_0207;
        /// 5/26 at MODE SELECT.
        E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS = 0xC0AA_0208;
        /// 7/27.
        E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED = 0xC0AA_0209;
        /// A command or feature that the drive does not know (5/20, 5/24, GET CONFIGURATION).
        E_IMAPI_RECORDER_NO_SUCH_FEATURE = 0xC0AA_020A;
        /// A feature is asked for that does not go with the medium in the drive.
        E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT = 0xC0AA_020B;
        /// GET CONFIGURATION is refused.
        E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED = 0xC0AA_020C;
        /// No answer in the time that the command has.
        E_IMAPI_RECORDER_COMMAND_TIMEOUT = 0xC0AA_020D;
        /// READ DISC STRUCTURE is refused, or the medium is a CD.
        E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT = 0xC0AA_020E;
        /// A CD-RW is refused, and of a sub-type that the drive does not write (feature 0037h).
        E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH = 0xC0AA_020F;
        /// Another program has the drive or the simulated medium, or another client the recorder.
        E_IMAPI_RECORDER_LOCKED = 0xC0AA_0210;
        /// Exclusive access to a recorder for a name that no client can have.
        E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0211;
        /// A reply that cannot be used.
        E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE = 0xC0AA_02FF;
        /// 3/0C/09.
        E_IMAPI_LOSS_OF_STREAMING = 0xC0AA_0300;
        /// Any other sense data, a bad sector, a failed close, a changed medium, a transport that fails.
        E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE = 0xC0AA_0301;
        /// Never: an open drive has its handle as long as it lives.
        ERROR_INVALID_HANDLE = 0x8007_0006;
        /// The drive is gone: unplugged, or without power.
        ERROR_DEV_NOT_EXIST = 0x8007_0037;
        /// The drive has something to say of a caller's own command, though it carried it out.
        S_IMAPI_COMMAND_HAS_SENSE_DATA = 0x00AA_0200;
    }
    "Requests" {
        /// Cancelled by the caller.
        E_IMAPI_REQUEST_CANCELLED = 0xC0AA_0002;
        /// A recorder without a drive.
        E_IMAPI_RECORDER_REQUIRED = 0xC0AA_0003;
        /// What was read back differs, or cannot be read.
        E_IMAPI_BURN_VERIFICATION_FAILED = 0xC0AA_0007;
        /// The drive tells that it took another speed than was asked for.
        S_IMAPI_SPEEDADJUSTED = 0x00AA_0004;
        /// The drive tells that the medium turns in another way than was asked for.
        S_IMAPI_ROTATIONADJUSTED = 0x00AA_0005;
        /// The drive tells of both, another speed and another rotation.
        S_IMAPI_BOTHADJUSTED = 0x00AA_0006;
        /// A recorder is asked to cancel, and none of its writers is writing.
        S_IMAPI_WRITE_NOT_IN_PROGRESS = 0x00AA_0302;
    }
    "Data" {
        /// A writer of the recorder is writing.
        E_IMAPI_DF2DATA_WRITE_IN_PROGRESS = 0xC0AA_0400;
        /// A writer is cancelled that is not writing.
        E_IMAPI_DF2DATA_WRITE_NOT_IN_PROGRESS = 0xC0AA_0401;
        /// The medium is complete, has no next writable address, or cannot be recorded at once.
        E_IMAPI_DF2DATA_INVALID_MEDIA_STATE = 0xC0AA_0402;
        /// Data that are not whole sectors, or not where the next ones belong.
        E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED = 0xC0AA_0403;
        /// More sectors than are free.
        E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA = 0xC0AA_0404;
        /// An overwritable medium holds what cannot be continued.
        E_IMAPI_DF2DATA_MEDIA_NOT_BLANK = 0xC0AA_0405;
        /// No way of recording is known for the profile.
        E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0406;
        /// No test writing, or no such way of recording.
        E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED = 0xC0AA_0407;
        /// A writer for a name that no client can have.
        E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0408;
    }
    "Sound, at once and track at once" {
        /// A writer of the recorder is writing.
        E_IMAPI_DF2TAO_WRITE_IN_PROGRESS = 0xC0AA_0500;
        /// A writer is cancelled that is not writing a track.
        E_IMAPI_DF2TAO_WRITE_NOT_IN_PROGRESS = 0xC0AA_0501;
        /// A track is added, or the disc released, without a preparation.
        E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED = 0xC0AA_0502;
        /// The disc is prepared a second time.
        E_IMAPI_DF2TAO_MEDIA_IS_PREPARED = 0xC0AA_0503;
        /// The catalog number, or whether a session can follow, is changed behind the first track.
        E_IMAPI_DF2TAO_PROPERTY_FOR_BLANK_MEDIA_ONLY = 0xC0AA_0504;
        /// The list of tracks is asked for before the first one.
        E_IMAPI_DF2TAO_TABLE_OF_CONTENTS_EMPTY_DISC = 0xC0AA_0505;
        /// The disc is complete, or has a session where none may be.
        E_IMAPI_DF2TAO_MEDIA_IS_NOT_BLANK = 0xC0AA_0506;
        /// No CD.
        E_IMAPI_DF2TAO_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0507;
        /// A hundredth track.
        E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED = 0xC0AA_0508;
        /// Longer than the disc.
        E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE = 0xC0AA_0509;
        /// A recorder without a drive.
        E_IMAPI_DF2TAO_NO_RECORDER_SPECIFIED = 0xC0AA_050A;
        /// A cue sheet's ISRC.
        E_IMAPI_DF2TAO_INVALID_ISRC = 0xC0AA_050B;
        /// A cue sheet's CATALOG.
        E_IMAPI_DF2TAO_INVALID_MCN = 0xC0AA_050C;
        /// Sound in another form, or a sheet that no disc can be made from.
        E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED = 0xC0AA_050D;
        /// The drive records no sound, or not in this way.
        E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED = 0xC0AA_050E;
        /// A writer for a name that no client can have.
        E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_050F;
    }
    "Raw" {
        /// A writer of the recorder is writing.
        E_IMAPI_DF2RAW_WRITE_IN_PROGRESS = 0xC0AA_0600;
        /// A writer is cancelled that is not writing.
        E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS = 0xC0AA_0601;
        /// A disc is written or released without a preparation.
        E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED = 0xC0AA_0602;
        /// The disc is prepared a second time.
        E_IMAPI_DF2RAW_MEDIA_IS_PREPARED = 0xC0AA_0603;
        /// A writer for a name that no client can have.
        E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0604;
        /// Something is recorded.
        E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK = 0xC0AA_0606;
        /// No CD.
        E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0607;
        /// Longer than the disc.
        E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE = 0xC0AA_0609;
        /// A recorder without a drive.
        E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED = 0xC0AA_060A;
        /// Part of a sector.
        E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED = 0xC0AA_060D;
        /// The drive's mode page takes no raw sectors.
        E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED = 0xC0AA_060E;
        /// The disc's lead-in begins before the image does.
        E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT = 0xC0AA_060F;
        /// The drive does not master, or a test write is asked for.
        E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED = 0xC0AA_0610;
    }
    "Blanking and formatting" {
        /// Another client of the recorder is writing, or has it prepared.
        E_IMAPI_ERASE_RECORDER_IN_USE = 0x80AA_0900;
        /// Never: a call blanks in one drive.
        E_IMAPI_ERASE_ONLY_ONE_RECORDER_SUPPORTED = 0x80AA_0901;
        /// READ DISC INFORMATION is too short to tell whether the disc can be erased.
        E_IMAPI_ERASE_DISC_INFORMATION_TOO_SMALL = 0x80AA_0902;
        /// Mode page 2Ah is too short to tell whether the drive writes CD-RW.
        E_IMAPI_ERASE_MODE_PAGE_2A_TOO_SMALL = 0x80AA_0903;
        /// The medium can be written once.
        E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE = 0x80AA_0904;
        /// 3/31, 3/51.
        E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND = 0x80AA_0905;
        /// The command is not answered, or goes on for five hours, after which a drive that is busy is given up.
        E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR = 0x80AA_0906;
        /// Any other sense data.
        E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE = 0x80AA_0907;
        /// The drive does not become ready.
        E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND = 0x80AA_0908;
        /// No format is known or offered.
        E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0909;
        /// The drive has no such command.
        E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED = 0xC0AA_090A;
        /// An eraser for a name that no client can have.
        E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_090B;
    }
    "Raw images" {
        /// Changed after it was made.
        E_IMAPI_RAW_IMAGE_IS_READ_ONLY = 0x80AA_0A00;
        /// A hundredth track.
        E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS = 0x80AA_0A01;
        /// Tracks are of sound.
        E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED = 0x80AA_0A02;
        /// Made without a track.
        E_IMAPI_RAW_IMAGE_NO_TRACKS = 0x80AA_0A03;
        /// What has to be said before the first track.
        E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED = 0x80AA_0A04;
        /// Beyond the limit of the lead-out.
        E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE = 0x80AA_0A05;
        /// A hundredth index.
        E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES = 0x80AA_0A06;
        /// No index is there to be cleared.
        E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND = 0x80AA_0A07;
        /// An index is added where one is.
        S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS = 0x00AA_0A08;
        /// Index 1 is cleared.
        E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED = 0x80AA_0A09;
        /// Less than ten sectors from another index.
        E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX = 0x80AA_0A0A;
    }
}
