using System.Security.Cryptography;
using System.Text;

namespace TimeSeries.Query.Families.Ncp;

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
