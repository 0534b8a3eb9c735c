//! Fetching pictures from where a file says they are: a few at a time, each with limits, none over a way that the file's
//! writer must not send us. What cannot be had is told and left out.

use super::RowError;
use super::hosts::PictureHosts;
use super::shopify::Picture;
use crate::Failure;
use crate::media::{self, InvalidPhotograph, PHOTOGRAPH_BYTES_MAX, RenderedPicture};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, HOST, LOCATION, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

/// Fetched at once: enough that waiting for one does not hold the others up, few enough to be no burden to the other shop.
const PARALLEL: usize = 4;
/// A machine that does not take the connection in this time will not do so in more.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the first word to the last byte, redirects included.
const FETCH_TIMEOUT_S: u64 = 30;
/// A picture moves once, perhaps twice; a chain of these is a circle.
const REDIRECTS_MAX: usize = 3;
/// A machine that was not reached this often in a row is not asked again: ten thousand pictures would take days.
const HOST_FAILURES_MAX: u32 = 3;

/// What came of a product's missing pictures.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    /// By address.
    pub(super) pictures: HashMap<String, RenderedPicture>,
    pub(super) problems: Vec<RowError>,
}

/// Why a picture is left out.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0} is no machine that may be asked")]
    Forbidden(String),
    #[error("{0} cannot be reached")]
    Unreachable(String),
    #[error("{0} was not reached {HOST_FAILURES_MAX} times and is not asked any more")]
    GivenUp(String),
    #[error("{0} did not send it within {FETCH_TIMEOUT_S} seconds")]
    TooSlow(String),
    #[error("{0} answered {1}")]
    Answer(String, StatusCode),
    #[error("{0} broke off")]
    BrokeOff(String),
    #[error("it was moved more than {REDIRECTS_MAX} times, or to no address")]
    MovedTooOften,
    #[error("it {0}")]
    Invalid(#[from] InvalidPhotograph),
}

pub(super) struct Fetcher {
    way: Way,
    /// How often in a row each host was not reached.
    failures: HashMap<String, u32>,
}

impl Fetcher {
    pub(super) fn new(hosts: PictureHosts) -> anyhow::Result<Self> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { way: Way { hosts, tls: TlsConnector::from(Arc::new(config)) }, failures: HashMap::new() })
    }

    /// # Errors
    /// When the media folder cannot be written; that a picture cannot be had is none.
    pub(super) async fn fetch(&mut self, wanted: &[&Picture], media: &Path) -> anyhow::Result<Fetched> {
        let mut fetched = Fetched::default();
        for some in wanted.chunks(PARALLEL) {
            let mut fetching = JoinSet::new();
            for (place, picture) in some.iter().enumerate() {
                let (way, url, media) = (self.way.clone(), picture.url.clone(), media.to_owned());
                let is_given_up = self.failures.get(&host_of(&url)).is_some_and(|failures| *failures >= HOST_FAILURES_MAX);
                fetching.spawn(async move {
                    if is_given_up {
                        return (place, Err(Failure::Refused(Problem::GivenUp(host_of(&url)))));
                    }
                    (place, picture_at(&way, &url, &media).await)
                });
            }
            while let Some(done) = fetching.join_next().await {
                let (place, outcome) = done?;
                self.note(some[place], outcome, &mut fetched)?;
            }
        }
        fetched.problems.sort_by_key(|problem| problem.line);
        Ok(fetched)
    }

    fn note(&mut self, picture: &Picture, outcome: Result<RenderedPicture, Failure<Problem>>, fetched: &mut Fetched) -> anyhow::Result<()> {
        let failures = self.failures.entry(host_of(&picture.url)).or_default();
        let problem = match outcome {
            Ok(rendered) => {
                *failures = 0;
                fetched.pictures.insert(picture.url.as_str().to_owned(), rendered);
                return Ok(());
            }
            Err(Failure::Refused(problem)) => problem,
            Err(Failure::Internal(error)) => return Err(error),
            Err(failure) => anyhow::bail!("a picture is nobody's secret: {failure}"),
        };
        match problem {
            Problem::Unreachable(_) | Problem::TooSlow(_) => *failures += 1,
            Problem::GivenUp(_) => {}
            _ => *failures = 0,
        }
        let reason = format!("{:?}: {problem}", picture.url.as_str());
        fetched.problems.push(RowError { line: picture.line, column: Some(picture.column), reason });
        Ok(())
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

async fn picture_at(way: &Way, url: &Url, media: &Path) -> Result<RenderedPicture, Failure<Problem>> {
    let file = timeout(Duration::from_secs(FETCH_TIMEOUT_S), way.file(url)).await.unwrap_or_else(|_| Err(Problem::TooSlow(host_of(url))));
    let (file, media) = (file.map_err(Failure::Refused)?, media.to_owned());
    let kept = tokio::task::spawn_blocking(move || media::keep_photograph(&file, &media)).await;
    // A decoder that panics has met a picture that is none.
    let kept = kept.unwrap_or(Err(Failure::Refused(InvalidPhotograph::NotAPicture)));
    kept.map_err(|failure| failure.map_refusal(Problem::from))
}

/// How machines are asked.
#[derive(Clone)]
struct Way {
    hosts: PictureHosts,
    tls: TlsConnector,
}

enum Answer {
    File(Bytes),
    MovedTo(Url),
}

impl Way {
    async fn file(&self, url: &Url) -> Result<Bytes, Problem> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            match self.ask(&url).await? {
                Answer::File(file) => return Ok(file),
                Answer::MovedTo(next) => url = next,
            }
        }
        Err(Problem::MovedTooOften)
    }

    async fn ask(&self, url: &Url) -> Result<Answer, Problem> {
        let host = host_of(url);
        let stream = self.connect(url).await?;
        if url.scheme() == "http" {
            return exchange(stream, url).await;
        }
        let unreachable = || Problem::Unreachable(host.clone());
        // Brackets around an address are the URL's, not the name's.
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| unreachable())?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| unreachable())?;
        exchange(stream, url).await
    }

    /// Looks the name up once, and connects to what was found and allowed: a name that says something else the next time
    /// changes nothing.
    async fn connect(&self, url: &Url) -> Result<TcpStream, Problem> {
        let host = host_of(url);
        let unreachable = || Problem::Unreachable(host.clone());
        let port = url.port_or_known_default().ok_or_else(unreachable)?;
        let found: Vec<SocketAddr> = match url.host().ok_or_else(unreachable)? {
            Host::Ipv4(address) => vec![(address, port).into()],
            Host::Ipv6(address) => vec![(address, port).into()],
            Host::Domain(name) => lookup_host((name, port)).await.map_err(|_| unreachable())?.collect(),
        };
        let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| self.hosts.allow(address.ip())).collect();
        if allowed.is_empty() {
            return Err(Problem::Forbidden(host));
        }
        let connected = timeout(CONNECT_TIMEOUT, TcpStream::connect(allowed.as_slice())).await;
        connected.map_err(|_| unreachable())?.map_err(|_| unreachable())
    }
}

async fn exchange(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, url: &Url) -> Result<Answer, Problem> {
    let host = host_of(url);
    let broke_off = |_| Problem::BrokeOff(host.clone());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broke_off)?;
    // Ends with the sender.
    tokio::spawn(connection);
    let response = sender.send_request(request(url)?).await.map_err(broke_off)?;
    match response.status() {
        StatusCode::OK => file_of(response, &host).await.map(Answer::File),
        status if status.is_redirection() => {
            let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            let next = place.and_then(|place| url.join(place).ok()).filter(|next| matches!(next.scheme(), "http" | "https"));
            next.map(Answer::MovedTo).ok_or(Problem::MovedTooOften)
        }
        status => Err(Problem::Answer(host, status)),
    }
}

fn request(url: &Url) -> Result<Request<Empty<Bytes>>, Problem> {
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::get(path).header(HOST, authority).header(USER_AGENT, "souk").header(ACCEPT, "image/*");
    request.body(Empty::new()).map_err(|_| Problem::Unreachable(host_of(url)))
}

async fn file_of(response: Response<hyper::body::Incoming>, host: &str) -> Result<Bytes, Problem> {
    if response.body().size_hint().lower() > PHOTOGRAPH_BYTES_MAX as u64 {
        return Err(InvalidPhotograph::TooManyBytes.into());
    }
    match Limited::new(response.into_body(), PHOTOGRAPH_BYTES_MAX).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(InvalidPhotograph::TooManyBytes.into()),
        Err(_) => Err(Problem::BrokeOff(host.to_owned())),
    }
}
