use super::environment::{Environment, InvalidConfig, any};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line, for collectors.
    Json,
}

/// What the process tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telemetry {
    /// `SOUK_LOG` (default `info`): a tracing filter, such as `info,backend=debug`.
    pub filter: String,
    /// `SOUK_LOG_FORMAT` (default `text`): `text` or `json`.
    pub format: LogFormat,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

impl Telemetry {
    /// # Errors
    /// Every variable that is unusable.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InvalidConfig> {
        let mut environment = Environment::new(variable);
        let filter = environment.optional("SOUK_LOG", "info".to_owned(), any);
        let format = environment.optional("SOUK_LOG_FORMAT", LogFormat::Text, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("text or json".to_owned()),
        });
        let telemetry = (|| Some(Self { filter: filter?, format: format? }))();
        environment.finish(telemetry)
    }
}

/// `SOUK_WORKER_THREADS` (default: as many as processors, at least 4): threads that serve requests. Rendering a page can
/// wait for another task of the same request, so very few threads are slower than their number says.
///
/// # Errors
/// When it is no number from 1.
pub fn worker_threads(variable: &dyn Fn(&str) -> Option<String>) -> Result<usize, InvalidConfig> {
    const THREADS_MIN: usize = 4;
    let mut environment = Environment::new(variable);
    let processors = std::thread::available_parallelism().map_or(THREADS_MIN, std::num::NonZeroUsize::get);
    let threads = environment.optional("SOUK_WORKER_THREADS", processors.max(THREADS_MIN), |text| {
        text.parse().ok().filter(|threads| *threads > 0).ok_or("a whole number from 1".to_owned())
    });
    environment.finish(threads)
}
