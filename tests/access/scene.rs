//! Two organisations with something in every corner, and everybody who could knock.

use super::tenants::text;
use crate::harness::way::{Asked, answer, ask, enter, enter_by, feature, replies, submit};
use crate::harness::{Server, Session, fixture};
use candor::actions::{Buyer, people, sign_in};
use candor::repo::organisations::Acts;
use candor::repo::{self, SystemScope};
use domain::access::{Role, Roles, Side};
use domain::ids::OrganisationId;
use serde_json::json;
use std::collections::BTreeMap;

/// The organisation whose things they are.
pub(super) const OWNER: &str = "Harbour Bank";
/// Another one, that asks too.
pub(super) const OTHER: &str = "Second Bank";
/// A vendor's own, that answers for whom the owner asks.
const ANSWERING: &str = "Northwind Inc.";
/// Another vendor's own, whom nobody asked.
const UNASKED: &str = "Fourth Coffee";
/// Who signs, where the vendor has named somebody.
const SIGNATORY: &str = "chris@contoso.example";

/// Ids, by the names of parameters.
pub(super) type Ids = BTreeMap<&'static str, String>;

/// Somebody who knocks.
pub(super) struct Actor {
    /// As the table calls them.
    pub name: &'static str,
    /// Their browser or program.
    pub session: Session,
    /// What they look at.
    pub looks_at: Ids,
    /// What they act on: nothing that anybody looks at.
    pub acts_on: Ids,
}

/// What there is.
pub(super) struct Scene {
    /// A submitted assessment, and what goes with it.
    pub looked: Ids,
    /// One that is being answered.
    pub filled: Ids,
    /// One that is complete, and waits to be signed.
    unsigned: Ids,
    looked_asked: Asked,
    filled_asked: Asked,
    /// The links that hand questions of the first two over to a colleague.
    handed: [String; 2],
    /// The signatory's link to the third.
    to_sign: String,
    revoked: Session,
}

/// How far the vendor has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Answering,
    Unsigned,
    Submitted,
}

impl Scene {
    /// Makes everything.
    pub(super) async fn set(server: &Server) -> Self {
        server.further_organisation(OTHER).await;
        vendor_organisation(server, UNASKED).await;
        let (looked, looked_asked, to_look) = things(server, "Northwind", Stage::Submitted).await;
        let (filled, filled_asked, to_fill) = things(server, "Fabrikam", Stage::Answering).await;
        let (unsigned, ..) = things(server, "Contoso", Stage::Unsigned).await;
        let to_sign = server.mail_to(SIGNATORY, 1).await.link().expect("a link to sign");
        claim(server, &filled_asked).await;
        let revoked = revoked(server, &filled_asked).await;
        let handed = [to_look, to_fill];
        Self { looked, filled, unsigned, looked_asked, filled_asked, handed, to_sign, revoked }
    }

    /// Everybody whom the table names; the vendor's side first, since what the buyer does may close an assessment, and
    /// there those first whom others can take something from.
    pub(super) async fn actors(&self, server: &Server, names: &[&'static str]) -> Vec<Actor> {
        let mut names = names.to_vec();
        names.sort_by_key(|name| match *name {
            "link-contributor" | "link-signatory" => 0,
            "contributor" | "signatory" => 1,
            "responder" | "vendor-administrator" => 2,
            "link" | "revoked-link" => 3,
            _ => 4,
        });
        let mut actors = Vec::new();
        for name in names {
            actors.push(self.actor(server, name).await);
        }
        actors
    }

    /// One of them, with a session of their own.
    pub(super) async fn actor(&self, server: &Server, name: &'static str) -> Actor {
        let session = match name {
            "nobody" => server.session(),
            "token" => server.program(OWNER, Role::Administrator),
            "link" => self.contact(server).await,
            "link-contributor" => self.colleague(server).await,
            "link-signatory" => enter_by(server, &self.to_sign).await,
            "revoked-link" => self.revoked.clone(),
            "stranger" => stranger(server).await,
            role => {
                let role: Role = role.parse().expect("an actor of the table");
                let home = if role.side() == Side::Vendor { ANSWERING } else { OWNER };
                server.person(home, role).await
            }
        };
        let (mut looks_at, mut acts_on) = (self.looked.clone(), self.filled.clone());
        let is_member = name.parse().is_ok_and(|role: Role| role.side() == Side::Vendor);
        if is_member {
            looks_at.clone_from(&self.filled);
        }
        if name == "link-signatory" {
            (looks_at, acts_on) = (self.unsigned.clone(), self.unsigned.clone());
        }
        let answers = is_member || name.starts_with("link");
        if answers {
            // A contact's imports are workbooks with answers, not lists for the register.
            looks_at.insert("import", looks_at["answers-import"].clone());
            acts_on.insert("import", acts_on["answers-import"].clone());
        }
        if name == "revoked-link" {
            looks_at.clone_from(&self.filled);
        }
        Actor { name, session, looks_at, acts_on }
    }

    /// The contact, in through the links to both assessments.
    async fn contact(&self, server: &Server) -> Session {
        let session = enter(server, &self.looked_asked).await;
        let mail = server.mail_to(&self.filled_asked.address, 1).await;
        session.submit(server.path(&mail.link().expect("a link")), &[]).await.expect(303, "the button");
        session
    }

    /// A colleague, in through the links that hand questions of both over.
    async fn colleague(&self, server: &Server) -> Session {
        let session = enter_by(server, &self.handed[0]).await;
        session.submit(server.path(&self.handed[1]), &[]).await.expect(303, "the button");
        session
    }

    /// Everybody who has no business with the owner's things.
    pub(super) async fn strangers(&self, server: &Server) -> Vec<Actor> {
        let other = server.program(OTHER, Role::Procurement);
        let asked = ask(&other, "Contoso").await;
        let sessions = [
            ("a stranger with every role", stranger(server).await),
            ("a stranger's program", server.program(OTHER, Role::Administrator)),
            ("a contact of a stranger's assessment", enter(server, &asked).await),
            ("a member of a vendor whom nobody asked", server.person(UNASKED, Role::VendorAdministrator).await),
        ];
        let actor = |(name, session)| Actor { name, session, looks_at: Ids::new(), acts_on: Ids::new() };
        sessions.into_iter().map(actor).collect()
    }
}

/// A member of another organisation who may there do everything that anybody may.
async fn stranger(server: &Server) -> Session {
    let platform = server.platform().await;
    let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    let home = all.iter().find(|row| row.name == OTHER).expect("the other organisation").id;
    let roles: Roles = Role::ALL.iter().copied().filter(|role| role.side() == Side::Buyer).collect();
    let by = Buyer::system(OrganisationId(home));
    let address = format!("stranger.{}@other.example", platform.clock.id::<uuid::Uuid>().simple());
    let member = people::add_member(&platform, &by, "A stranger", &address, &roles).await.expect("a member");
    let token = sign_in::make_link(&platform, &by, member.id).await.expect("a link");
    platform.db.close().await;
    let session = server.session();
    session.submit(&format!("/sign-in/{}", token.reveal()), &[]).await.expect(303, "signed in");
    session
}

/// Somebody who came in through a link that was revoked since.
async fn revoked(server: &Server, asked: &Asked) -> Session {
    let buyer = server.person(OWNER, Role::Procurement).await;
    let made = server.program(OWNER, Role::Procurement);
    let made = made.post(&format!("/api/v1/assessments/{}/links", asked.assessment), &json!({})).await;
    let url = text(&made.expect(201, "a link").json()["url"]);
    let session = server.session();
    session.submit(server.path(&url), &[]).await.expect(303, "the button");
    session.get(&format!("/portal/{}", asked.assessment)).await.expect(200, "it works");
    let platform = server.platform().await;
    let hash = candor::actions::token_hash(url.rsplit('/').next().expect("a secret"));
    let link =
        repo::links::by_token(platform.db.read(), SystemScope, &hash).await.expect("links").expect("the link").id;
    platform.db.close().await;
    let revoke = format!("/assessments/{}/links/{link}/revoke", asked.assessment);
    buyer.submit(&revoke, &[]).await.expect(303, "revoked");
    session
}

/// The contact keeps an account, and so makes the organisation that answers.
async fn claim(server: &Server, asked: &Asked) {
    let kim = enter(server, asked).await;
    let kept = [("do", "keep"), ("name", ANSWERING)];
    let answer = kim.submit(&format!("/portal/{}/account", asked.assessment), &kept).await.expect(303, "kept");
    assert_eq!(answer.location(), "/answering");
}

/// A vendor's organisation, with nobody in it yet.
async fn vendor_organisation(server: &Server, name: &str) {
    let platform = server.platform().await;
    let transaction = platform.db.begin().await.expect("begun");
    let (id, now) = (platform.clock.id(), platform.clock.now());
    let acts = Acts { as_buyer: false, as_vendor: true };
    repo::organisations::add(&transaction, SystemScope, id, name, acts, now).await.expect("an organisation");
    repo::audit::start(&transaction, SystemScope.acting_for(id)).await.expect("its chain");
    platform.db.commit(transaction).await.expect("committed");
    platform.db.close().await;
}

/// Something in every corner of the owner's, around one vendor; and a link that hands one question over.
async fn things(server: &Server, vendor_name: &str, stage: Stage) -> (Ids, Asked, String) {
    let buyer = server.program(OWNER, Role::Procurement);
    let analyst = server.program(OWNER, Role::Analyst);
    let asked = ask(&buyer, vendor_name).await;
    let vendor = enter(server, &asked).await;
    let path = format!("/api/v1/assessments/{}", asked.assessment);
    let fields = [("question", "A.2.2-1"), ("effective_on", "2026-01-31")];
    let file = ("policy.txt", b"Our policy".to_vec());
    let evidence = vendor.upload(&format!("{path}/evidence"), &fields, file).await.expect(201, "evidence");
    let workbook = vendor.get(&format!("{path}/workbook")).await.expect(200, "the workbook").bytes;
    let answers = vendor.upload(&format!("{path}/imports"), &[], ("answers.xlsx", workbook)).await;
    let answers = answers.expect(201, "a workbook back").json();
    let colleague = json!({
        "name": "Lee", "email": format!("lee.{}", asked.address), "questions": ["PROD-1"], "way": "copy"
    });
    let handed = vendor.post(&format!("{path}/colleagues"), &colleague).await.expect(201, "handed over").json();
    if stage != Stage::Answering {
        answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    }
    match stage {
        Stage::Answering => {}
        Stage::Unsigned => {
            let signatory = json!({ "name": "Chris Chief", "email": SIGNATORY });
            vendor.put(&format!("{path}/signatory"), &signatory).await.expect(204, "named");
            vendor.post(&format!("{path}/signature"), &json!({})).await.expect(201, "asked to sign");
        }
        Stage::Submitted => {
            submit(&vendor, &asked.assessment).await.expect(200, "submit");
        }
    }
    let import = analyst.upload("/api/v1/components/import", &[], ("uses.csv", fixture("register/omb-2025-cots.csv")));
    let import = import.await.expect(201, "import").json();
    let bom = ("bom.json", fixture("bom/own/harbour-1.6.json"));
    let bom = analyst.upload("/api/v1/components/boms", &[], bom).await.expect(201, "a bill of materials").json();
    // What another submission proposes stays open: there is something to decide on.
    let proposal = text(&analyst.read("/api/v1/components/proposals").await["items"][0]["id"]);
    let component = json!({ "name": "Reply Drafter", "kind": "embedded_feature", "vendor": asked.vendor });
    let component = analyst.make("/api/v1/components", &component).await;
    let search = json!({ "name": format!("Of {vendor_name}"), "q": "drafter", "shared": true });
    let search = analyst.make("/api/v1/components/searches", &search).await;
    let made = analyst.make(&format!("/api/v1/components/{component}/uses"), &json!({ "use_case": "Any" })).await;
    let found = json!({ "engagement": asked.engagement, "title": "No exit plan", "severity": "minor" });
    let found = analyst.make("/api/v1/findings", &found).await;
    let shows = vendor.upload(&format!("{path}/findings/{found}/files"), &[], ("plan.txt", b"Our plan".to_vec())).await;
    let assessment = buyer.read(&path).await;
    let template = text(&buyer.read("/api/v1/templates").await["items"][0]["id"]);
    let administrator = server.program(OWNER, Role::Administrator);
    let newest = async |path: &str| text(&administrator.read(path).await["items"][0]["id"]);
    let ids = BTreeMap::from([
        ("vendor", asked.vendor.clone()),
        ("engagement", asked.engagement.clone()),
        ("contact", asked.contact.clone()),
        ("assessment", asked.assessment.clone()),
        ("version", text(&assessment["template_version"])),
        ("draft", a_draft(server, vendor_name).await),
        ("template", template),
        ("evidence", text(&evidence.json()["id"])),
        ("finding", found),
        ("file", text(&shows.expect(201, "a file that shows it").json()["id"])),
        ("import", text(&import["id"])),
        ("bom", text(&bom["id"])),
        ("answers-import", text(&answers["id"])),
        ("workbook", a_workbook(server).await),
        ("component", component),
        ("use", made),
        ("search", search),
        ("proposal", proposal),
        ("member", a_member(server, vendor_name).await),
        ("token", newest("/api/v1/tokens").await),
        ("run", server.program(OWNER, Role::Administrator).make("/api/v1/policies/runs", &json!({})).await),
        ("question", "PROD-1".to_owned()),
        ("section", "product".to_owned()),
        ("framework", "eu-ai-act".to_owned()),
        ("feature", "slack-ai".to_owned()),
    ]);
    (ids, asked, text(&handed["link"]))
}

/// A workbook of the owner's, looked through before it becomes a template.
async fn a_workbook(server: &Server) -> String {
    let administrator = server.program(OWNER, Role::Administrator);
    let file = ("ours.csv", b"No.,Question,Answer\n1,Is it safe?,\n".to_vec());
    let read = administrator.upload("/templates/import", &[], file).await.expect(303, "a workbook");
    read.location().rsplit('/').next().expect("an id").to_owned()
}

/// A questionnaire of the owner's that is being written, with a section and a question of the same names as elsewhere.
async fn a_draft(server: &Server, of: &str) -> String {
    let author = server.person(OWNER, Role::Administrator).await;
    let fields = [("key", format!("written-for-{}", of.to_lowercase())), ("title", of.to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let begun = [fields, vec![("language", "en"), ("once", "begun")]].concat();
    let begun = author.submit("/templates/new", &begun).await.expect(303, "a draft");
    let draft = begun.location().to_owned();
    let section = [("title", "Product"), ("id", "product"), ("once", "section")];
    author.submit(&format!("{draft}/sections"), &section).await.expect(303, "a section");
    let question = [("section", "product"), ("id", "PROD-1"), ("kind", "text"), ("text", "What is it?")];
    author.submit(&format!("{draft}/questions"), &question).await.expect(303, "a question");
    draft.rsplit('/').next().expect("an id").to_owned()
}

/// A member of the owner's whom whoever may can look at, change and remove.
async fn a_member(server: &Server, of: &str) -> String {
    let platform = server.platform().await;
    let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    let home = all.iter().find(|row| row.name == OWNER).expect("the owner").id;
    let by = Buyer::system(OrganisationId(home));
    let address = format!("{}@harbour.example", of.to_lowercase());
    let member = people::add_member(&platform, &by, of, &address, &Role::Auditor.into()).await.expect("a member");
    platform.db.close().await;
    member.id.to_string()
}
