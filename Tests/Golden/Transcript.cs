using System.Text;

namespace TimeSeries.Tests.Golden;

/// <summary>Requests with their responses for a golden file: status, the headers that clients go by, and the body, MessagePack as hexadecimal digits.</summary>
internal sealed class Transcript
{
    private static readonly string[] _headers =
    [
        "Content-Type", "Content-Disposition", "Retry-After", "WWW-Authenticate", "Allow", "Cache-Control", "X-Content-Type-Options", "x-total", "x-source",
        "x-watermark", "x-next",
    ];

    private readonly StringBuilder _text = new();

    public async Task AddAsync(string request, HttpResponseMessage response)
    {
        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync();
            _text.Append("> ").Append(request).Append('\n').Append((int)response.StatusCode).Append('\n');
            foreach (string header in _headers)
            {
                string[] values = [.. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                    .Where(sent => sent.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).SelectMany(sent => sent.Value)];
                if (values.Length > 0)
                {
                    _text.Append(header).Append(": ").AppendJoin(", ", values).Append('\n');
                }
            }

            bool isBinary = response.Content.Headers.ContentType?.MediaType == "application/msgpack";
            _text.Append('\n').Append(isBinary ? Convert.ToHexStringLower(body) : Encoding.UTF8.GetString(body)).Append("\n\n");
        }
    }

    public override string ToString() => _text.ToString();
}
