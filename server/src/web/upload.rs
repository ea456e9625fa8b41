//! Posted files: multipart bodies, read whole under a limit.

use super::fields::Fields;
use crate::error::{AppError, Result};
use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use bytes::Bytes;
use domain::problem::Problem;

/// A posted file.
#[derive(Clone, Debug)]
pub struct File {
    /// The form's field.
    pub field: String,
    /// Its name, as the browser gave it.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// A multipart form: its fields, and its files that are not empty.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Text fields.
    pub fields: Fields,
    /// Files.
    pub files: Vec<File>,
}

impl Upload {
    /// Reads it. `most` is the limit of the route, for the message when it was passed.
    ///
    /// # Errors
    /// When the body is too large, was cut off, or is no multipart form.
    pub async fn read(mut multipart: Multipart, most: usize) -> Result<Self> {
        let wrong = |error: MultipartError| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                AppError::TooLarge { what: "upload", most: most as u64 }
            } else {
                Problem::new("", "upload-broken-off").with("reason", error.body_text()).into()
            }
        };
        let mut upload = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(wrong)? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = field.bytes().await.map_err(wrong)?;
                    if !(file.is_empty() && bytes.is_empty()) {
                        upload.files.push(File { field: name, name: file, bytes });
                    }
                }
                None => upload.fields.0.push((name, field.text().await.map_err(wrong)?)),
            }
        }
        Ok(upload)
    }

    /// The file of a field.
    ///
    /// # Errors
    /// `required` at the field when none was posted.
    pub fn file(&mut self, field: &str) -> Result<File> {
        let at = self.files.iter().position(|file| file.field == field);
        at.map(|at| self.files.swap_remove(at)).ok_or_else(|| Problem::new(field, "file-required").into())
    }
}
