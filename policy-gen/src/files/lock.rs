//! The lock of a folder, held while files in it are replaced. The operating system releases it when the process ends.

use std::fs::File;
#[cfg(windows)]
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(20);

/// Time between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// A folder's lock, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

impl Lock {
    /// Waits until no other run holds the lock.
    ///
    /// # Errors
    ///
    /// If another run does not release it, as [`io::ErrorKind::WouldBlock`], or if the folder cannot be opened.
    pub(super) fn wait(folder: &Path) -> io::Result<Self> {
        Self::wait_for(folder, PATIENCE)
    }

    fn wait_for(folder: &Path, patience: Duration) -> io::Result<Self> {
        let start = Instant::now();
        loop {
            if let Some(lock) = Self::attempt(folder)? {
                return Ok(lock);
            }
            if start.elapsed() >= patience {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            sleep(PAUSE);
        }
    }

    /// Takes the lock, unless another run holds it.
    #[cfg(unix)]
    pub(super) fn attempt(folder: &Path) -> io::Result<Option<Self>> {
        use std::fs::TryLockError;

        // The lock is on the folder itself, so no file remains, and a folder has one lock whatever path leads to it.
        let held = File::open(folder)?;
        match held.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(None),
            // Some network file systems cannot lock folders. Exclusive names and renames must do there.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(Self { _held: held })),
        }
    }

    /// Takes the lock, unless another run holds it.
    #[cfg(windows)]
    pub(super) fn attempt(folder: &Path) -> io::Result<Option<Self>> {
        use std::os::windows::fs::OpenOptionsExt;

        // Windows cannot lock folders. A file that nobody else may open serves instead, and is deleted when closed.
        // Source: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
        const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
        const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
        const ERROR_SHARING_VIOLATION: i32 = 32;
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .share_mode(0)
            .custom_flags(FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT)
            .open(folder.join(".iam-policy-lock"));
        match opened {
            Ok(held) => Ok(Some(Self { _held: held })),
            // While the other process closes the file, its deletion is pending and access is denied.
            Err(error)
                if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
                    || (error.kind() == io::ErrorKind::PermissionDenied
                        && folder.join(".iam-policy-lock").exists()) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the lock, unless another run holds it.
    #[cfg(not(any(unix, windows)))]
    pub(super) fn attempt(folder: &Path) -> io::Result<Option<Self>> {
        Ok(Some(Self {
            _held: File::open(folder)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::wait(folder.path()).unwrap();
        assert!(Lock::attempt(folder.path()).unwrap().is_none());
        assert!(Lock::attempt(&folder.path().join(".")).unwrap().is_none());
        let error = Lock::wait_for(folder.path(), Duration::from_millis(30)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        drop(first);
        drop(Lock::attempt(folder.path()).unwrap().unwrap());
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_waiting_run_gets_the_lock_when_it_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::wait(folder.path()).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::wait(folder.path()).unwrap());
            sleep(Duration::from_millis(30));
            assert!(!waiting.is_finished());
            drop(first);
            drop(waiting.join().unwrap());
        });
    }
}
