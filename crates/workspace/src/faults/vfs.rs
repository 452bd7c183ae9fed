//! SQLite's own file operations, asked of the faulty disk first.
//!
//! Files are the default VFS's, with a few of their methods replaced and the path kept behind the file's own memory.

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::OnceLock;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use super::disk;

struct Real(*mut sqlite3_vfs);

// SAFETY: SQLite's default VFS lives as long as the program, is not changed, and may be used from any thread.
unsafe impl Send for Real {}
// SAFETY: as above.
unsafe impl Sync for Real {}

static REAL: OnceLock<Real> = OnceLock::new();

/// What is kept behind the memory of a file.
struct Behind {
    methods: *const sqlite3_io_methods,
    path: *mut PathBuf,
}

/// Makes the VFS known to SQLite, once.
pub(super) fn register() {
    REAL.get_or_init(|| {
        // SAFETY: the default VFS is there after SQLite has started; ours is a copy of it that is never freed, as SQLite
        // asks for, and its name is static.
        unsafe {
            ffi::sqlite3_initialize();
            let real = ffi::sqlite3_vfs_find(ptr::null());
            let mut vfs = ptr::read(real);
            vfs.zName = c"faulty".as_ptr();
            vfs.pNext = ptr::null_mut();
            vfs.szOsFile += size_of::<Behind>() as c_int;
            vfs.xOpen = Some(open);
            vfs.xDelete = Some(delete);
            ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0);
            Real(real)
        }
    });
}

fn real() -> *mut sqlite3_vfs {
    REAL.get().expect("registered").0
}

/// SAFETY: `file` must be one that `open` opened.
unsafe fn behind(file: *mut sqlite3_file) -> *mut Behind {
    // SAFETY: SQLite set aside `szOsFile` bytes, of which the last are ours; the default's size is a multiple of 8.
    unsafe { file.cast::<u8>().add((*real()).szOsFile as usize).cast() }
}

/// SAFETY: `name` must be a C string.
unsafe fn path_of(name: *const c_char) -> PathBuf {
    // SAFETY: the caller's promise.
    PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}

unsafe extern "C" fn open(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the arguments are SQLite's own, handed on; `file` has room for the default's file and what is behind it.
    unsafe {
        (*file).pMethods = ptr::null();
        let path = if name.is_null() { PathBuf::new() } else { path_of(name) };
        if flags & ffi::SQLITE_OPEN_CREATE != 0 && !name.is_null() && !path.exists() && disk::create(&path).is_err() {
            return ffi::SQLITE_CANTOPEN;
        }
        let opened = (*real()).xOpen.expect("there")(real(), name, file, flags, out);
        if opened == ffi::SQLITE_OK && !(*file).pMethods.is_null() {
            let methods = (*file).pMethods;
            ptr::write(behind(file), Behind { methods, path: Box::into_raw(Box::new(path)) });
            let mut ours = ptr::read(methods);
            ours.xClose = Some(close);
            ours.xWrite = Some(write);
            ours.xTruncate = Some(truncate);
            ours.xSync = Some(sync);
            // Few files are opened in a test: their tables of methods are not given back.
            (*file).pMethods = Box::leak(Box::new(ours));
        }
        opened
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `open` put both there; nobody uses the file afterwards.
    unsafe {
        let Behind { methods, path } = ptr::read(behind(file));
        drop(Box::from_raw(path));
        (*methods).xClose.expect("there")(file)
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, bytes: *const c_void, count: c_int, offset: i64) -> c_int {
    // SAFETY: `open` put it there, and SQLite hands over `count` bytes.
    unsafe {
        let Behind { methods, path } = ptr::read(behind(file));
        let real = (*methods).xWrite.expect("there");
        let given = std::slice::from_raw_parts(bytes.cast::<u8>(), count as usize);
        match disk::write(&*path, given, offset as u64) {
            Ok(()) => real(file, bytes, count, offset),
            Err((written, problem)) => {
                if written > 0 {
                    real(file, bytes, written as c_int, offset);
                }
                if problem.kind() == ErrorKind::StorageFull { ffi::SQLITE_FULL } else { ffi::SQLITE_IOERR_WRITE }
            }
        }
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: `open` put it there.
    unsafe {
        let Behind { methods, path } = ptr::read(behind(file));
        match disk::cut(&*path, size as u64) {
            Ok(()) => (*methods).xTruncate.expect("there")(file, size),
            Err(_) => ffi::SQLITE_IOERR_TRUNCATE,
        }
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: `open` put it there.
    let path: &Path = unsafe { &*(*behind(file)).path };
    // Only the model syncs: the real files are thrown away.
    match disk::sync(path) {
        Ok(()) => {
            // The default VFS syncs the folder of a new journal along with it.
            disk::settle_names(path.parent().unwrap_or(path));
            ffi::SQLITE_OK
        }
        Err(_) => ffi::SQLITE_IOERR_FSYNC,
    }
}

unsafe extern "C" fn delete(_vfs: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite hands over a path.
    unsafe {
        let path = path_of(name);
        if !path.exists() {
            return ffi::SQLITE_IOERR_DELETE_NOENT;
        }
        if disk::remove(&path).is_err() {
            return ffi::SQLITE_IOERR_DELETE;
        }
        let deleted = (*real()).xDelete.expect("there")(real(), name, 0);
        if deleted == ffi::SQLITE_OK && sync_folder != 0 {
            disk::settle_names(path.parent().unwrap_or(&path));
        }
        deleted
    }
}
