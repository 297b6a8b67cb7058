using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>An answer to a write.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Reason">What the server said, or what failed; cut, and never with a secret.</param>
public sealed partial record WriteReply(WriteOutcome Outcome, string Reason)
{
    // Above this a server with a small limit resets the connection rather than answer 413.
    private const int ResetMeansTooLargeBytes = 1 << 20;

    private const int MaxReason = 1_000;

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How many lines the server says it dropped; 0 when it does not say (or says so wrongly: see an unparsable line in 1.x).</summary>
    public int Dropped { get; init; }

    /// <summary>Decides by status and body.</summary>
    public static WriteReply Of(HttpStatusCode status, string body, TimeSpan? retryAfter = null)
    {
        string reason = Cut(string.Create(CultureInfo.InvariantCulture, $"{(int)status} {body.Trim()}"));
        bool isPartial = body.Contains("partial write", StringComparison.OrdinalIgnoreCase);
        WriteOutcome outcome = (int)status switch
        {
            204 => WriteOutcome.Stored,
            400 => isPartial ? WriteOutcome.PartlyRefused : WriteOutcome.Refused,
            422 => WriteOutcome.PartlyRefused,
            413 => WriteOutcome.TooLarge,
            401 or 403 => WriteOutcome.Denied,
            404 => IsAboutDatabase(body) ? WriteOutcome.NoDatabase : WriteOutcome.Misconfigured,
            500 when body.Contains("retention policy not found", StringComparison.OrdinalIgnoreCase) => WriteOutcome.Misconfigured,
            408 or 429 or >= 500 => WriteOutcome.Unavailable,
            _ => WriteOutcome.Misconfigured,
        };
        Match dropped = DroppedCount().Match(body);
        return new WriteReply(outcome, reason)
        {
            RetryAfter = retryAfter,
            Dropped = dropped.Success && int.TryParse(dropped.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0,
        };
    }

    /// <summary>Decides for a request that got no answer.</summary>
    public static WriteReply Failed(Exception fault, int sentBytes)
    {
        bool isReset = fault is not OperationCanceledException
            && sentBytes > ResetMeansTooLargeBytes
            && fault is HttpRequestException { HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError) };
        string reason = fault is OperationCanceledException ? "no answer in time" : fault.Message;
        return new WriteReply(isReset ? WriteOutcome.TooLarge : WriteOutcome.Unavailable, Cut(reason));
    }

    private static bool IsAboutDatabase(string body) =>
        body.Contains("database not found", StringComparison.OrdinalIgnoreCase) || (body.Contains("bucket", StringComparison.OrdinalIgnoreCase) && body.Contains("not found", StringComparison.OrdinalIgnoreCase));

    private static string Cut(string text) => text.Length <= MaxReason ? text : text[..MaxReason];

    [GeneratedRegex(@"dropped=(?<count>\d+)")]
    private static partial Regex DroppedCount();
}
