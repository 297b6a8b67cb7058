using System.Text;
using System.Text.Json;
using TimeSeries.Core.Schema;
using TimeSeries.Fuzzing.Running;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// The target of a request to any family of the Query host, or the body of a search for events when it begins with a brace, in process. No response is an
/// error of the server, and what says that it is JSON is JSON.
/// </summary>
internal sealed class QueryTarget : IFuzzTarget, IDisposable
{
    private static readonly string[] _words =
    [
        "count", "sum(", "avg(", "min(", "max(", "p95(", "p99.9(", "stddev(", "distinct(", "apdex", "rate", "error_rate", "elapsed)", "kind=",
        "&window=", "&by=", "&measures=", "&where=", "&order=", "&limit=", "&cursor=", "&from=", "&to=", "&format=", "csv", "ndjson", "-1h", "now",
        "1m", "5m", "1d", "~:", ">:", "<:", "!:", "&x=", "&y=", "&max=", "&by=Hits", "&sort=", "&p=", "&type=csv", "&resolution=day", "&label=",
        "&severity=", "&source=", "&page=", "&pageSize=", "&includePagination=", "/filter/host/", "/port/", "stime", "etime", "\"timeZone\":",
        "\"from\":", "\"to\":", "\"level\":", "\"type\":", "\"offset\":", "%00", "%FF",
    ];

    private readonly QueryApplication _application = new();

    public int MaxBytes => 2 << 10;

    public IEnumerable<byte[]> Seeds => [];

    public IEnumerable<byte[]> Words => BuiltBatch.SchemaWords().Concat(InputMutator.JsonWords)
        .Concat(Enum.GetNames<MeasureKind>().Select(name => name.ToLowerInvariant()).Concat(_words).Select(Encoding.UTF8.GetBytes));

    public void Run(ReadOnlySpan<byte> input)
    {
        bool isBody = input is [(byte)'{', ..];
        string target = isBody ? QueryApplication.SearchPath : Encoding.Latin1.GetString(input);
        if (!isBody && !IsTarget(target))
        {
            return;
        }

        (int status, string type, byte[] body) = _application.Send(target, isBody ? input.ToArray() : null);
        OracleException.Require(status is >= 200 and < 500, $"The response is {status}: {Encoding.UTF8.GetString(body)}");
        if (type.StartsWith("application/json", StringComparison.Ordinal) && body.Length > 0)
        {
            try
            {
                JsonDocument.Parse(body).Dispose();
            }
            catch (JsonException wrong)
            {
                throw new OracleException($"The response is no JSON: {wrong.Message}");
            }
        }
    }

    public void Dispose() => _application.Dispose();

    // What a server lets through as the target of a request. A stream never ends.
    private static bool IsTarget(string target) =>
        target is ['/', ..] && !target.AsSpan().ContainsAnyExceptInRange('!', '~') && !target.Contains('#', StringComparison.Ordinal)
        && !target.Split('?')[0].Contains("%00", StringComparison.Ordinal)
        && !Uri.UnescapeDataString(target.Split('?')[0]).Contains("stream", StringComparison.OrdinalIgnoreCase);
}
