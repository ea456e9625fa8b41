//! A mail server on loopback that speaks SMTP (RFC 5321) and refuses whom it is told to refuse.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Replies to `RCPT TO`, by address, one after the other; when they are used up, and to everybody else, 250.
pub type Replies = BTreeMap<&'static str, Vec<&'static str>>;

/// The server; it goes with the test's process.
#[derive(Debug)]
pub struct Post {
    /// The value of the setting `mail.smtp_url`.
    pub url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Post {
    /// Starts one.
    pub fn start(replies: Replies) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("its address"));
        let (taken, replies) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(Mutex::new(replies)));
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, replies) = (Arc::clone(&kept), Arc::clone(&replies));
                // Whoever hangs up has said what there was to say.
                std::thread::spawn(move || drop(serve(&stream, &kept, &replies)));
            }
        });
        Self { url, taken }
    }

    /// The mails that it took, as they came.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("the mails").clone()
    }
}

fn serve(stream: &TcpStream, taken: &Mutex<Vec<String>>, replies: &Mutex<Replies>) -> std::io::Result<()> {
    let mut out = stream;
    out.write_all(b"220 post.example\r\n")?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next().transpose()? {
        let reply = match line.to_uppercase().split([' ', ':']).next().unwrap_or_default() {
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let mut replies = replies.lock().expect("the replies");
                match replies.get_mut(address.as_str()).filter(|left| !left.is_empty()) {
                    Some(left) => left.remove(0).to_owned(),
                    None => "250 OK".to_owned(),
                }
            }
            "DATA" => {
                out.write_all(b"354 Go on\r\n")?;
                let mut mail = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                taken.lock().expect("the mails").push(mail);
                "250 Taken".to_owned()
            }
            "QUIT" => {
                out.write_all(b"221 Bye\r\n")?;
                return Ok(());
            }
            _ => "250 OK".to_owned(),
        };
        out.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}
