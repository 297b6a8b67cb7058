using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>The response to a write, or its absence.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Reason">What the server said, or what failed; shortened, and never with a secret.</param>
public sealed partial record WriteReply(WriteOutcome Outcome, string Reason)
{
    // Above this size a server with a small limit resets the connection instead of sending 413.
    private const int ResetMeansTooLargeBytes = 1 << 20;

    private const int MaxReason = 1_000;

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How many lines the server reports as dropped; 0 when it reports none (1.x reports an unparsable line so).</summary>
    public int Dropped { get; init; }

    /// <summary>Decides by status and reason. What something else than InfluxDB responds is never final.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The reason that the body gives, or the body.</param>
    /// <param name="isInflux">Whether header or body show that InfluxDB responded, not a proxy before it.</param>
    /// <param name="retryAfter">What the header <c>Retry-After</c> says.</param>
    public static WriteReply Of(HttpStatusCode status, string body, bool isInflux, TimeSpan? retryAfter = null)
    {
        string reason = Cut(string.Create(CultureInfo.InvariantCulture, $"{(int)status} {body.Trim()}"));
        if (!isInflux && (int)status is 204 or 400 or 422)
        {
            return new WriteReply(WriteOutcome.Unavailable, Cut($"not InfluxDB, but something before it responded: {reason}")) { RetryAfter = retryAfter };
        }

        bool isPartial = body.Contains("partial write", StringComparison.OrdinalIgnoreCase);
        WriteOutcome outcome = (int)status switch
        {
            204 => WriteOutcome.Stored,
            400 or 422 when IsAboutLimit(body) => WriteOutcome.LimitReached,
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
            Dropped = int.TryParse(dropped.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0,
        };
    }

    /// <summary>Decides for a request without a response.</summary>
    public static WriteReply Failed(Exception fault, int sentBytes)
    {
        bool isReset = fault is not OperationCanceledException
            && sentBytes > ResetMeansTooLargeBytes
            && fault is HttpRequestException
            {
                HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                    or HttpRequestError.InvalidResponse),
            };
        string reason = fault is OperationCanceledException ? "no response in time" : fault.Message;
        return new WriteReply(isReset ? WriteOutcome.TooLarge : WriteOutcome.Unavailable, Cut(reason));
    }

    private static bool IsAboutDatabase(string body) =>
        body.Contains("not found", StringComparison.OrdinalIgnoreCase)
        && (body.Contains("database not found", StringComparison.OrdinalIgnoreCase) || body.Contains("bucket", StringComparison.OrdinalIgnoreCase));

    // Only before the first quote: what is quoted is a sample's.
    private static bool IsAboutLimit(string body)
    {
        int quote = body.AsSpan().IndexOfAny('"', '\'');
        return Limit().IsMatch(quote < 0 ? body : body[..quote]);
    }

    private static string Cut(string text) => text.Length <= MaxReason ? text : text[..MaxReason];

    [GeneratedRegex(@"\b(limit|quota|cardinality|retention)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    [GeneratedRegex(@"dropped=(?<count>\d+)")]
    private static partial Regex DroppedCount();
}
