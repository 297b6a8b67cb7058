namespace TimeSeries.Benchmarks.Http;

/// <summary>How the sending of one batch ended.</summary>
internal enum SendOutcome
{
    /// <summary>Answered 200 with counts.</summary>
    Taken,

    /// <summary>Answered with a status that a resend does not change; another batch may fare better.</summary>
    Refused,

    /// <summary>Answered with a status that every batch will get: wrong token, no such path.</summary>
    Hopeless,

    /// <summary>The connection broke before an answer; whether the batch is stored is unknown.</summary>
    Lost,

    /// <summary>The run ended while the server asked to wait.</summary>
    Stopped,
}
