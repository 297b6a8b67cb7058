using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>
/// Authenticates by signature v2: a time at most five minutes off this host's clock, an access key of a project, and its signature. A refusal says
/// which of them failed. It shows what the caller sent, never the secret.
/// </summary>
internal sealed class NcpSignatureHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProjectDirectory projects, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Timestamp = "x-ncp-apigw-timestamp";
    public const string AccessKey = "x-ncp-iam-access-key";
    public const string Signature = "x-ncp-apigw-signature-v2";

    private const long MaxOffMilliseconds = 300_000;

    private string _refusal = "";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        (Project? project, _refusal) = Check();
        return Task.FromResult(project is null
            ? AuthenticateResult.Fail("The signature is not valid.")
            : AuthenticateResult.Success(new AuthenticationTicket(ProjectClaims.Create(Scheme.Name, project, Scopes.Read), Scheme.Name)));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await Context.DelayWrongTokenAsync();
        await Context.WriteErrorAsync(StatusCodes.Status401Unauthorized, _refusal);
    }

    private (Project? Project, string Refusal) Check()
    {
        foreach (string header in (ReadOnlySpan<string>)[Timestamp, AccessKey, Signature])
        {
            if (Header(header).Length == 0)
            {
                return (null, $"The header {header} is missing.");
            }
        }

        string timestamp = Header(Timestamp);
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long signedAt))
        {
            return (null, $"The header {Timestamp} must be a time in milliseconds, found \"{timestamp}\".");
        }

        // In 128 bits: the caller's time may be any.
        long now = Core.Model.Samples.Timestamp.Now(clock).Milliseconds;
        if (Int128.Abs((Int128)signedAt - now) > MaxOffMilliseconds)
        {
            return (null, string.Create(
                CultureInfo.InvariantCulture,
                $"The timestamp {signedAt} is too {(signedAt < now ? "old" : "new")}: "
                + $"it may be at most {MaxOffMilliseconds} ms off this host's clock, {now}."));
        }

        string accessKey = Header(AccessKey);
        return projects.TryFindAccessKey(accessKey, out Project? project, out string? secret)
            ? CheckSignature(project, secret, accessKey, timestamp)
            : (null, $"The access key \"{accessKey}\" is unknown.");
    }

    private (Project? Project, string Refusal) CheckSignature(Project project, string secret, string accessKey, string timestamp)
    {
        string signature = Header(Signature);
        string pathAndQuery = RawRequestTarget.PathAndQuery(Context);
        string text = NcpSignature.TextToSign(Request.Method, pathAndQuery, timestamp, accessKey);
        if (NcpSignature.IsOf(signature, secret, text))
        {
            return (project, "");
        }

        // Some clients send a question mark with nothing behind it, and sign the path alone.
        bool isBare = pathAndQuery.EndsWith('?')
            && NcpSignature.IsOf(signature, secret, NcpSignature.TextToSign(Request.Method, pathAndQuery[..^1], timestamp, accessKey));
        return isBare ? (project, "") : (null, $"The signature does not match. Signed must be exactly:\n{text}");
    }

    private string Header(string name) => Request.Headers[name] is [{ } first, ..] ? first : "";
}

/// <summary>
/// Signature v2 of the API Gateway: <c>Base64(HMAC-SHA256(secret, METHOD + " " + path[?query] + "\n" + timestamp + "\n" + accessKey))</c>.
/// The path is the one on the request line, as it was sent.
/// </summary>
internal static class NcpSignature
{
    /// <summary>What a caller signs.</summary>
    public static string TextToSign(string method, string pathAndQuery, string timestamp, string accessKey) =>
        $"{method} {pathAndQuery}\n{timestamp}\n{accessKey}";

    /// <summary>The signature of a text.</summary>
    public static string Sign(string secret, string textToSign) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(textToSign)));

    /// <summary>Whether a signature is that of the text, in a time that says nothing of how much of it is right.</summary>
    public static bool IsOf(string signature, string secret, string textToSign) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(secret, textToSign)));
}
