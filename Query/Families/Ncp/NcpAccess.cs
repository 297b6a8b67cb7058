using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>
/// Checks who signed a request: a time at most five minutes off this host's clock, an access key that is known, and its signature. A refusal says
/// which of them failed; what it shows the caller had, never the secret.
/// </summary>
internal static class NcpAccess
{
    public const string Timestamp = "x-ncp-apigw-timestamp";
    public const string AccessKey = "x-ncp-iam-access-key";
    public const string Signature = "x-ncp-apigw-signature-v2";

    private const long FarthestMilliseconds = 300_000;

    /// <summary>The project of the caller; or why there is none.</summary>
    public static (Project? Project, string Refusal) Check(HttpContext context, ProjectDirectory projects, Timestamp now)
    {
        foreach (string header in (ReadOnlySpan<string>)[Timestamp, AccessKey, Signature])
        {
            if (Header(context, header).Length == 0)
            {
                return (null, $"The header {header} is missing.");
            }
        }

        string timestamp = Header(context, Timestamp);
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long signedAt))
        {
            return (null, $"The header {Timestamp} must be a time in milliseconds, found \"{timestamp}\".");
        }

        // In 128 bits: the caller's time may be any.
        if (Int128.Abs((Int128)signedAt - now.Milliseconds) > FarthestMilliseconds)
        {
            return (null, string.Create(
                CultureInfo.InvariantCulture,
                $"The timestamp {signedAt} is too {(signedAt < now.Milliseconds ? "old" : "new")}: "
                + $"it may be at most {FarthestMilliseconds} ms off this host's clock, {now.Milliseconds}."));
        }

        string accessKey = Header(context, AccessKey);
        return projects.TryFindAccessKey(accessKey, out Project? project, out string? secret)
            ? CheckSignature(context, project, secret, accessKey, timestamp)
            : (null, $"The access key \"{accessKey}\" is unknown.");
    }

    private static (Project? Project, string Refusal) CheckSignature(HttpContext context, Project project, string secret, string accessKey, string timestamp)
    {
        string signature = Header(context, Signature);
        string pathAndQuery = RawRequestTarget.PathAndQuery(context);
        string text = NcpSignature.TextToSign(context.Request.Method, pathAndQuery, timestamp, accessKey);
        if (NcpSignature.IsOf(signature, secret, text))
        {
            return (project, "");
        }

        // A question mark with nothing behind it is sent by some clients that sign the path alone.
        bool isBare = pathAndQuery.EndsWith('?')
            && NcpSignature.IsOf(signature, secret, NcpSignature.TextToSign(context.Request.Method, pathAndQuery[..^1], timestamp, accessKey));
        return isBare ? (project, "") : (null, $"The signature does not match. Signed must be exactly:\n{text}");
    }

    private static string Header(HttpContext context, string name) => context.Request.Headers[name] is [{ } first, ..] ? first : "";
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
