using System.Text;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>Finds the token where clients of InfluxDB put it.</summary>
internal static class LineCredentials
{
    /// <summary>The token of a request: after Token or Bearer, as the password of Basic, or as <c>p</c> in the query; empty when there is none.</summary>
    public static string TokenOf(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        int blank = authorization.IndexOf(' ');
        if (blank < 0)
        {
            return authorization.Length > 0 ? authorization : request.Query["p"].ToString();
        }

        string rest = authorization[(blank + 1)..].Trim();
        return authorization[..blank].ToUpperInvariant() switch
        {
            "TOKEN" or "BEARER" => rest,
            "BASIC" => PasswordOf(rest),
            _ => "",
        };
    }

    private static string PasswordOf(string basic)
    {
        byte[] bytes = new byte[basic.Length];
        if (!Convert.TryFromBase64String(basic, bytes, out int length))
        {
            return "";
        }

        string pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':') + 1)..];
    }
}
