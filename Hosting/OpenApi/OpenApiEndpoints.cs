using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>
/// <c>/openapi/v1.json</c>: what the host serves, for programs; <c>/docs</c>: the same for people (Swagger UI, whose files come with the host).
/// Neither needs a token nor shows one.
/// </summary>
internal static class OpenApiEndpoints
{
    public const string DocumentPath = "/openapi/v1.json";
    private const string PagePath = "/docs";

    // Everything comes from the host itself. Swagger UI sets styles on its elements, draws its icons from data: and makes the text it downloads a blob.
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IApiDescription, HostDescription>();
        services.AddSingleton<HostDocument>();
    }

    public static void Map(WebApplication app)
    {
        app.MapRead(DocumentPath, RespondDocumentAsync);

        // Where no page is at the root. Relative, as everything on this one.
        app.MapWhen(IsRoot, root => root.Run(static context =>
        {
            context.Response.Redirect(PagePath[1..]);
            return Task.CompletedTask;
        }));
        app.UseWhen(context => context.Request.Path.StartsWithSegments(PagePath), page =>
        {
            page.Use(SetPageHeaders);
            page.UseSwaggerUI(options =>
            {
                options.RoutePrefix = PagePath[1..];
                options.DocumentTitle = "TimeSeries";

                // From the page, so that it works below any prefix of a proxy.
                options.SwaggerEndpoint(".." + DocumentPath, "TimeSeries");
                options.EnableDeepLinking();
                options.EnableFilter();
                options.ConfigObject.DefaultModelsExpandDepth = 0;
                options.ConfigObject.DocExpansion = Swashbuckle.AspNetCore.SwaggerUI.DocExpansion.List;
                // Null, which is its default, switches off the badge for which Swagger UI would send the document's address to a server of its makers.
                options.ConfigObject.ValidatorUrl = null;
            });
        });
    }

    private static bool IsRoot(HttpContext context) =>
        context.GetEndpoint() is null && context.Request.Path == "/"
        && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));

    private static Task RespondDocumentAsync(HttpContext context)
    {
        byte[] document = context.RequestServices.GetRequiredService<HostDocument>().Utf8;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.Body.WriteAsync(document, context.RequestAborted).AsTask();
    }

    private static Task SetPageHeaders(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }
}
