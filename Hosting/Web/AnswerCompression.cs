using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Web;

/// <summary>Compresses answers when asked to, but not those known to be short, which would only grow.</summary>
internal sealed class AnswerCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    private const long ShortAnswerBytes = 1_000;

    public override bool ShouldCompressResponse(HttpContext context) =>
        !(context.Response.ContentLength <= ShortAnswerBytes) && base.ShouldCompressResponse(context);
}
