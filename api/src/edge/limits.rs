//! What the edge allows, all in one place. Nothing a client sends costs more than these say.

use std::time::Duration;

/// What the edge allows. The defaults are those of production; tests shorten the times.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest request, and the largest message of a socket, in bytes.
    pub body: usize,
    /// The longest query string of a GET, in bytes.
    pub query_string: usize,
    /// All headers of a request together, in bytes.
    pub headers: usize,
    /// What a document may be.
    pub document: DocumentLimits,
    /// What one operation may cost.
    pub cost: u64,
    /// What one person or key may spend at once, and gets back in a minute.
    pub allowance: u32,
    /// The same for one address of strangers.
    pub stranger_allowance: u32,
    /// How long a client may take to send its headers, or to say nothing between two requests.
    pub heading: Duration,
    /// How long a client may take to send its request.
    pub reading: Duration,
    /// How long a query or a mutation may take.
    pub executing: Duration,
    /// How many connections may be open, of any kind.
    pub connections: usize,
    /// What a socket may do.
    pub socket: SocketLimits,
}

/// What a document may be, whoever sends it.
#[derive(Debug, Clone)]
pub struct DocumentLimits {
    /// Its size in bytes.
    pub bytes: usize,
    /// Its tokens: what it costs to parse.
    pub tokens: usize,
    /// How deep brackets may nest, of any kind.
    pub brackets: usize,
    /// How deep fields may nest.
    pub depth: usize,
    /// How many fields and fragments it may unfold to.
    pub selections: usize,
    /// How many fragments it may define: a chain of them is walked as deep as it is long.
    pub fragments: usize,
    /// How many fields an operation may have at its root.
    pub root_fields: usize,
    /// How many aliases it may give.
    pub aliases: usize,
    /// How many directives it may use.
    pub directives: usize,
}

/// What a socket may do.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// How many may be open, or streams by server-sent events, in all.
    pub open: usize,
    /// How many one account, key or stranger's address may have.
    pub open_for_one: usize,
    /// How many operations and streams one may carry at a time.
    pub operations: usize,
    /// How long a client may take to begin.
    pub beginning: Duration,
    /// How often a client is asked whether it is still there, and whether its token still holds.
    pub ping: Duration,
    /// After how long a silence it is not.
    pub silence: Duration,
    /// How long a client may take to read a message before it is cut.
    pub reading: Duration,
    /// Over how long the ends of all sockets are spread when the server stops.
    pub farewells: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 256 * 1024,
            query_string: 8 * 1024,
            headers: 32 * 1024,
            document: DocumentLimits::default(),
            cost: 50_000,
            allowance: 300_000,
            stranger_allowance: 60_000,
            heading: Duration::from_secs(15),
            reading: Duration::from_secs(30),
            executing: Duration::from_secs(30),
            connections: 20_000,
            socket: SocketLimits::default(),
        }
    }
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            bytes: 32 * 1024,
            tokens: 6000,
            brackets: 40,
            depth: 15,
            selections: 2000,
            fragments: 100,
            root_fields: 20,
            aliases: 30,
            directives: 30,
        }
    }
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            open: 19_000,
            open_for_one: 50,
            operations: 100,
            beginning: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            silence: Duration::from_mins(1),
            reading: Duration::from_secs(15),
            farewells: Duration::from_secs(2),
        }
    }
}
