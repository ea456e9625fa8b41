//! The fields of a posted form, in their order, repeated ones included.

use crate::error::{AppError, Result};
use axum::extract::{FromRequest, Request};
use axum_extra::extract::Form;
use domain::problem::Problem;

/// Fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty where there is none.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Whether the field is there and not blank.
    pub fn has(&self, name: &str) -> bool {
        !self.one(name).trim().is_empty()
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Fields whose name begins so: the rest of the name, and the value.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(field, value)| Some((field.strip_prefix(prefix)?, value.as_str())))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|rejection| AppError::from(Problem::new("", "not-a-form").with("reason", rejection)))?;
        Ok(Self(fields))
    }
}
