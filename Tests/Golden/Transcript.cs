using System.Text;

namespace TimeSeries.Tests.Golden;

/// <summary>Requests with their responses, to be compared with a golden file: status, the headers that clients go by, and the body, MessagePack as hexadecimal digits.</summary>
internal sealed class Transcript
{
    private static readonly string[] _headers =
        ["Content-Type", "Content-Disposition", "Content-Encoding", "Retry-After", "WWW-Authenticate", "Allow", "Vary", "Cache-Control", "X-Content-Type-Options", "x-total", "x-source", "x-watermark", "x-next"];

    private readonly StringBuilder _text = new();

    public async Task AddAsync(string request, HttpResponseMessage response)
    {
        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync();
            _text.Append("> ").Append(request).Append('\n').Append((int)response.StatusCode).Append('\n');
            foreach (string header in _headers)
            {
                if (response.Headers.NonValidated.TryGetValues(header, out var values) || response.Content.Headers.NonValidated.TryGetValues(header, out values))
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
