//! Pages for some only. Who may see what is decided in `backend`; here it is said where the others go.

use crate::context::redirect;
use crate::error::AppError;
use crate::routes;
use backend::Failure;
use std::fmt::Debug;

/// Sends whoever is not signed in to do so, and then back to the link `path`.
pub(crate) fn or_sign_in<T, R: Debug>(outcome: Result<T, Failure<R>>, path: &str) -> Result<T, AppError<R>> {
    outcome.map_err(|failure| {
        let error = AppError::from(failure);
        if matches!(error, AppError::Unauthorized) {
            redirect(&routes::sign_in_then(path));
        }
        error
    })
}
