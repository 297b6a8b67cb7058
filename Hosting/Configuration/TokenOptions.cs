using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Configuration;

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
