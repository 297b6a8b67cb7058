using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Signs requests as the clients of the API Gateway do, by the words of its manual (signature v2).</summary>
public static class RequestSignature
{
    /// <summary>The three headers of a signed request.</summary>
    public static (string Name, string Value)[] Headers(string method, string pathAndQuery, long timestamp, string accessKey, string secret)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{method} {pathAndQuery}\n{timestamp}\n{accessKey}");
        using HMACSHA256 hmac = new(Encoding.UTF8.GetBytes(secret));
        return
        [
            ("x-ncp-apigw-timestamp", timestamp.ToString(CultureInfo.InvariantCulture)),
            ("x-ncp-iam-access-key", accessKey),
            ("x-ncp-apigw-signature-v2", Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(text)))),
        ];
    }
}
