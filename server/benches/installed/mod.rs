//! An installation with synthetic data, served in this process, and somebody who is signed in to it.

use candor::actions::{Buyer, people, seed, sign_in};
use candor::compose;
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::web::session;
use domain::access::Role;
use domain::ids::OrganisationId;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The seed of every synthetic register.
const SEED: u64 = 1;

type Failed = Box<dyn std::error::Error>;

/// An installation that is served.
pub struct Installed {
    /// What it runs on.
    pub platform: Platform,
    /// Whose data it is.
    pub organisation: OrganisationId,
    /// Where it is served.
    pub address: String,
    /// An analyst, signed in.
    pub client: reqwest::Client,
    /// What the session of the same is kept under.
    #[allow(dead_code, reason = "not every bench reads the session")]
    pub session: String,
    stop: CancellationToken,
    server: JoinHandle<candor::error::Result<()>>,
}

/// Where a register of that many entries is kept between runs: a million takes minutes to make.
#[allow(dead_code, reason = "not every bench is about the register")]
pub fn kept(entries: u64) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("register-{entries}"))
}

impl Installed {
    /// Serves the installation in a folder, after making it where there is none, with a register of so many entries.
    #[allow(dead_code, reason = "not every bench is about the register")]
    pub async fn of(entries: u64, folder: &Path) -> Result<Self, Failed> {
        let amounts = seed::Amounts { vendors: 0, components: entries, assessments: 0, seed: SEED };
        Self::with(folder, async |platform| Ok(seed::seed(platform, amounts, |_| {}).await?)).await
    }

    /// The same with what is put into it where there is none.
    pub async fn with(
        folder: &Path,
        fill: impl AsyncFnOnce(&Platform) -> Result<OrganisationId, Failed>,
    ) -> Result<Self, Failed> {
        let whole = folder.join("seeded");
        if !whole.exists() {
            let _ = std::fs::remove_dir_all(folder);
            std::fs::create_dir_all(folder)?;
        }
        let mut config = Config { data_dir: folder.to_owned(), ..Config::default() };
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.log_filter = "error".to_owned();
        let serving = compose::serve(config, Clock::system()).await?;
        let platform = serving.platform.clone();
        if !whole.exists() {
            let organisation = fill(&platform).await?;
            let by = Buyer::system(organisation);
            let role = Role::Analyst.into();
            let member = people::add_member(&platform, &by, "Analyst", "analyst@buyer.example", &role).await?;
            std::fs::write(&whole, format!("{} {}", organisation.0, member.id))?;
        }
        let said = std::fs::read_to_string(&whole)?;
        let (organisation, member) = said.split_once(' ').ok_or("two ids")?;
        let organisation = OrganisationId(organisation.parse()?);
        let link = sign_in::make_link(&platform, &Buyer::system(organisation), member.parse()?).await?;
        let address = platform.public_url.to_string();
        let stop = CancellationToken::new();
        let server = tokio::spawn(serving.until(stop.clone().cancelled_owned()));

        let stay = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().cookie_store(true).redirect(stay).build()?;
        let response = client.post(format!("{address}/sign-in/{}", link.reveal())).send().await?;
        let cookie = response.headers().get("set-cookie").ok_or("no session")?.to_str()?.to_owned();
        let session = session::key(&cookie.split([';', '=']).nth(1).ok_or("no session")?.parse()?);
        Ok(Self { platform, organisation, address, client, session, stop, server })
    }

    /// What the server answers to a path, whole.
    pub async fn get(&self, path: &str, query: &[(&str, String)]) -> String {
        let request = self.client.get(format!("{}{path}", self.address)).query(query);
        let response =
            request.send().await.expect("the server answers").error_for_status().expect("the request is valid");
        response.text().await.expect("the answer arrives")
    }

    /// Ends the server.
    pub async fn stop(self) -> Result<(), Failed> {
        self.stop.cancel();
        Ok(self.server.await??)
    }
}
