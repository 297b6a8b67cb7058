using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Query.Times;

namespace TimeSeries.Query;

/// <summary>Section <c>Query</c>: what a request may cost, and how responses are computed.</summary>
public sealed partial class QueryOptions : IValidatableObject
{
    public const string Section = "Query";

    // A busy day is some millions; a range that no rollup serves and that reads more than this is a mistake.
    [Description("Most samples that one request may read one by one")]
    [ValueRange("1")]
    public long MaxRows { get; init; } = 100_000_000;

    // A group costs up to some kilobytes while the request runs.
    [Description("Most groups that one request may make")]
    [ValueRange("1")]
    public int MaxGroups { get; init; } = 1_000_000;

    // A million groups with a count and a sum take about half.
    [Description("Most memory that the groups or samples of one request may take")]
    [ValueRange("16MiB", "1TiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxResultBytes { get; init; } = 128L << 20;

    // Whoever does not read must not fill the memory; whoever reads slowly may.
    [Description("Most memory of results that their readers have not taken yet, in all; a project may hold half, and waits when it does")]
    [ValueRange("16MiB", "1TiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxHeldBytes { get; init; } = 128L << 20;

    // Agents' dashboards give up after about as long.
    [Description("Longest that one request may wait and compute")]
    [ValueRange("1ms", "1h")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    // A scan does nothing but compute, so more of them than processors only use more memory.
    [Description("Most requests that scan at the same time")]
    [ValueRange("1", "1024")]
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    // A hundred viewers of one project, and as many of others. What a stream is about is queried every second.
    [Description("Most streams of /api/v1/stream that are open at the same time; a project may have half")]
    [ValueRange("2", "10000")]
    public int MaxStreams { get; init; } = 256;

    [Description("Offset of the days in responses that have days: Z or like +09:00")]
    public string TimeZone { get; init; } = "Z";

    [Description("Whether rollups are used; responses are the same without, only slower")]
    [TypeConverter(typeof(FlagConverter))]
    public bool Rollups { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ZoneOffset.TryParse(TimeZone, out _))
        {
            yield return validationContext.Error(nameof(TimeZone), "must be Z or an offset like +09:00");
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<QueryOptions>;
}
