using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Configuration;

/// <summary>One of <c>Projects:n</c>: a project with its tokens and keys.</summary>
public sealed class ProjectOptions
{
    // APDEX commonly takes 1.2 s; WhaTap's default is the same.
    public const int DefaultApdexThreshold = 1_200;

    [Description("Project code, a positive whole number")]
    [RequiredValue]
    [ValueRange("1")]
    public long Pcode { get; init; }

    [Description("Name for people")]
    public string Name { get; init; } = "";

    [Description("Apdex threshold in ms")]
    [ValueRange("1", "3600000")]
    public int ApdexThreshold { get; init; } = DefaultApdexThreshold;

    [ValidateObjectMembers]
    [Description("How much may be pushed to the project")]
    public LimitOptions Limits { get; init; } = new();

    [ValidateEnumeratedItems]
    [Description("Tokens that may use the project")]
    public IReadOnlyList<TokenOptions> Tokens { get; init; } = [];

    [ValidateEnumeratedItems]
    [Description("Access keys that sign requests")]
    public IReadOnlyList<AccessKeyOptions> AccessKeys { get; init; } = [];
}

/// <summary><c>Projects:n:Limits</c>: how much may be pushed to a project. Immutable.</summary>
public sealed class LimitOptions
{
    [Description("Most samples that pushes may store in a UTC day; none sets no bound")]
    [ValueRange("1")]
    public long? SamplesPerDay { get; init; }

    [Description("Most pushes a second; none sets no bound")]
    [ValueRange("1", "1000000000")]
    public long? RequestsPerSecond { get; init; }

    [Description("Most bytes a second of the bodies of pushes, as sent; none sets no bound")]
    [ValueRange("1KiB", "1TiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long? BytesPerSecond { get; init; }

    internal bool HasAny => (SamplesPerDay ?? RequestsPerSecond ?? BytesPerSecond) is not null;
}

/// <summary>One of <c>Projects:n:AccessKeys:m</c>: a key pair that signs requests.</summary>
public sealed class AccessKeyOptions
{
    [Description("Public id of the access key")]
    [RequiredValue]
    public string Id { get; init; } = "";

    [Description("Secret that signatures are made with")]
    [RequiredValue]
    [Secret]
    public string Secret { get; init; } = "";
}

/// <summary>One of <c>Projects:n:Tokens:m</c>: a token, in clear or as its SHA-256, and what it is good for.</summary>
public sealed class TokenOptions : IValidatableObject
{
    [Description("The token itself")]
    [Secret]
    public string Secret { get; init; } = "";

    [Description("or SHA-256 of the token, as 64 hexadecimal digits")]
    [Secret]
    public string Sha256 { get; init; } = "";

    [Description("Any of ingest, read, admin, separated by commas; none means ingest,read")]
    public Scopes Scopes { get; init; } = Scopes.Ingest | Scopes.Read;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Secret.Length == 0 == (Sha256.Length == 0))
        {
            yield return validationContext.Error(nameof(Secret), "exactly one of Secret and Sha256 must be set");
        }
        else if (Sha256.Length > 0 && TokenHash.Parse(Sha256) is null)
        {
            yield return validationContext.Error(nameof(Sha256), "must be 64 hexadecimal digits");
        }
    }
}
