using System.Text;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Asking;

/// <summary>Requests as bytes, made once and sent many times.</summary>
internal static class GetRequest
{
    /// <summary>A GET of a path with its query.</summary>
    public static byte[] Of(ServerAddress address, string path, params ReadOnlySpan<(string Name, string Value)> headers) => Of("GET", address, path, "", headers);

    /// <summary>A request with a body.</summary>
    public static byte[] Of(string method, ServerAddress address, string path, string body, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        StringBuilder text = new();
        text.Append(method).Append(' ').Append(path).Append(" HTTP/1.1\r\nHost: ").Append(address.Authority).Append("\r\n");
        foreach ((string name, string value) in headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (body.Length > 0)
        {
            text.Append("Content-Type: application/json\r\nContent-Length: ").Append(Encoding.UTF8.GetByteCount(body)).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }
}
