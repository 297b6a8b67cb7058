using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Http</c>.</summary>
public sealed partial class HttpOptions : IValidatableObject
{
    public const string Section = "Http";

    [Description("Origins, separated by commas, whose pages may read responses; none switches CORS off")]
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    [Description("Most connections at one time; more are closed. 0 takes as many as the process's limit of open files allows")]
    [ValueRange("0", "1000000000")]
    public int MaxConnections { get; init; }

    // A client slower than this holds memory for nothing.
    [Description("Least bytes a second of a request's body, on average; a slower one gets 408. 0 sets no bound")]
    [ValueRange("0", "1GiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MinBodyRate { get; init; } = 1 << 10;

    // Lets a radio wake up.
    [Description("How long a body may be slower than that at first, a pause included")]
    [ValueRange("2s", "1h")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan BodyPause { get; init; } = TimeSpan.FromSeconds(5);

    // The results that it is to read stay in memory meanwhile.
    [Description("How long a client may take no byte of its response before its connection is cut")]
    [ValueRange("1s", "1h")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan ReadPause { get; init; } = TimeSpan.FromSeconds(30);

    [Description("Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks like 10.0.0.0/8, separated by commas")]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    [Description("Path below which everything is found, like /apm, where a proxy leaves it in the path; none for the root")]
    public string PathBase { get; init; } = "";

    [Description("Address at which people open the page, like https://apm.example/apm; notifications of alerts link to it. None: no links")]
    public string PublicUrl { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. CorsOrigins.Where(text => text.Length > 0 && Origin.Normalize(text) is null).Select(text => validationContext.Error(
            nameof(CorsOrigins), $"'{text}' is no origin, like https://a.example or http://localhost:3000, nor *; separate several by commas")),
        .. TrustedProxies.Where(text => TrustedProxy.Find(text) is null).Select(text => validationContext.Error(
            nameof(TrustedProxies), $"'{text}' is no address, like 127.0.0.1, nor a network, like 10.0.0.0/8; separate several by commas")),
        .. PathBase.Length > 0 && (PathBase[0] != '/' || PathBase[^1] == '/' || PathBase.AsSpan().IndexOfAny("?# ") >= 0)
            ? [validationContext.Error(nameof(PathBase), "must begin with / and end without, like /apm")]
            : Array.Empty<ValidationResult>(),

        // The value is not shown: a user's password may be in it.
        .. PublicUrl.Length > 0 && !IsPublicUrl()
            ? [new ValidationResult(
                validationContext.KeyOf(nameof(PublicUrl)) + ": must be an address without user, query and fragment, like https://apm.example/apm.")]
            : Array.Empty<ValidationResult>(),
    ];

    private bool IsPublicUrl() =>
        Uri.TryCreate(PublicUrl, UriKind.Absolute, out Uri? url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<HttpOptions>;
}
