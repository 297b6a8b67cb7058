using System.Diagnostics;

namespace TimeSeries.Agent.Delivery;

/// <summary>The kinds of samples, in the order of the batch.</summary>
internal enum SampleKind : byte
{
    Transaction,
    Sql,
    Httpc,
    Exception,
    Thread,
    Alert,
    Event,
}

/// <summary>
/// One sample on its way to the batch: what a request leaves behind, as references to what is there already. Texts are derived when the batch is made, on
/// another thread. Which fields mean something is up to the kind.
/// </summary>
internal struct QueuedSample
{
    public SampleKind Kind;

    /// <summary>A sample of the application's own; null when it was collected.</summary>
    public object? Pushed;

    /// <summary>When it ended, in ms since the Unix epoch.</summary>
    public long Time;

    public TimeSpan Elapsed;

    /// <summary>Service, statement, URL or class, as it was found.</summary>
    public string? Name;

    /// <summary>What is to be made of the name.</summary>
    public NameForm Form;

    /// <summary>Service of the entry of a statement, a call or an exception.</summary>
    public string? Service;

    /// <summary>What is to be made of the service.</summary>
    public NameForm ServiceForm;

    public string? Txid;
    public string? Method;

    /// <summary>Host of a call or a database; the system when there is none.</summary>
    public string? Host;

    /// <summary>System of a database.</summary>
    public string? System;

    /// <summary>Name of a database.</summary>
    public string? Database;

    /// <summary>HTTP status; 0 when there is none.</summary>
    public int Status;

    /// <summary>Port; 0 when there is none.</summary>
    public int Port;

    public bool Error;
    public string? ErrorClass;
    public string? ErrorMessage;
    public string? UserAgent;
    public string? UserId;

    /// <summary>A text or an address.</summary>
    public object? RemoteIp;

    /// <summary>Rows of a statement, or threads; −1 when there are none.</summary>
    public long Count;

    /// <summary>Statements and calls of a transaction.</summary>
    public ChildSums Sums;

    /// <summary>The exception of an exception, or of a transaction that failed.</summary>
    public Exception? Exception;

    /// <summary>Stack of an exception that is known as text only.</summary>
    public string? Stack;

    /// <summary>The end of an activity, in ms since the Unix epoch.</summary>
    public static long EndOf(Activity activity) => new DateTimeOffset(activity.StartTimeUtc + activity.Duration).ToUnixTimeMilliseconds();
}

/// <summary>The four sums of a transaction.</summary>
internal struct ChildSums
{
    public long SqlCount;
    public TimeSpan SqlTime;
    public long HttpcCount;
    public TimeSpan HttpcTime;
}

/// <summary>What a name is, and what becomes of it.</summary>
internal enum NameForm : byte
{
    /// <summary>It stays as it is.</summary>
    Text,

    /// <summary>A route: it gets a slash before it.</summary>
    Route,

    /// <summary>A path: its ids become <c>{id}</c>.</summary>
    Path,

    /// <summary>A URL, whose path counts.</summary>
    Url,

    /// <summary>A method of a remote procedure call: it gets a slash before it.</summary>
    Rpc,

    /// <summary>A statement, whose literals go.</summary>
    Sql,

    /// <summary>A statement of MySQL, where double quotes are literals too.</summary>
    MySql,
}
