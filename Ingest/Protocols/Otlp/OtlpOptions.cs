using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>Section <c>Otlp</c>: where OpenTelemetry's exporters push to, and how what they push becomes samples.</summary>
public sealed partial class OtlpOptions : IValidatableObject
{
    public const string Section = "Otlp";

    [Description("Address for OTLP over HTTP; empty for none. The main address takes it too")]
    public string Http { get; init; } = "http://127.0.0.1:4318";

    [Description("Address for OTLP over gRPC; empty for none")]
    public string Grpc { get; init; } = "http://127.0.0.1:4317";

    [Description("Largest request, as sent and inflated")]
    [ValueRange("1KiB", "1GiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxRequestBytes { get; init; } = 64L << 20;

    [Description("How long equal requests of a project are taken for one that was sent again; at most Ingest:IdWindow")]
    [ValueRange("1s", "30d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan ResendWindow { get; init; } = TimeSpan.FromMinutes(10);

    [Description("Which spans without a parent are transactions, beside those of servers and consumers: internal, any or none")]
    public RootSpans RootSpans { get; init; } = RootSpans.Internal;

    [Description("Whether numbers and ids in paths become {id}, where no route is told")]
    [TypeConverter(typeof(FlagConverter))]
    public bool CollapsePaths { get; init; } = true;

    [Description("Whether goroutines count as threads")]
    [TypeConverter(typeof(FlagConverter))]
    public bool GoroutinesAsThreads { get; init; } = true;

    [Description("How long the times of SQL and HTTP calls wait for their transaction, when it comes in a later request")]
    [ValueRange("1s", "1h")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan JoinWindow { get; init; } = TimeSpan.FromSeconds(60);

    [Description("Most spans whose calls wait so; more push the oldest out")]
    [ValueRange("1", "100000000")]
    public int JoinEntries { get; init; } = 262_144;

    [Description("Attributes that are tried first for a field of samples, separated by commas, like app.user for user_id")]
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string member, string address) in (ReadOnlySpan<(string, string)>)[(nameof(Http), Http), (nameof(Grpc), Grpc)])
        {
            if (address.Length > 0 && !IsAddress(address))
            {
                return [validationContext.Error(member, $"'{address}' is no address, like http://127.0.0.1:4318; leave it empty for none")];
            }
        }

        return
        [
            .. Attributes.Keys.Where(field => !AttributeKeys.Fields.Contains(field)).Select(field => validationContext.Error(
                nameof(Attributes), $"'{field}' is no field; they are {string.Join(", ", AttributeKeys.Fields)}")),
        ];
    }

    private static bool IsAddress(string address) => Listener.TryParse(address, out BindingAddress? binding)
        && binding is { Scheme: "http" or "https", PathBase: "" or "/", IsUnixPipe: false, IsNamedPipe: false };

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<OtlpOptions>;
}

/// <summary>Which spans without a parent are transactions, beside those of servers and consumers.</summary>
[TypeConverter(typeof(NameConverter<RootSpans>))]
public enum RootSpans
{
    /// <summary>Internal ones: jobs and timers.</summary>
    Internal,

    /// <summary>All: also calls that are part of nothing.</summary>
    Any,

    /// <summary>None.</summary>
    None,
}
