using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TimeSeries.Hosting.Web;

/// <summary>Maps what is read.</summary>
internal static class ReadRoutes
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD with the same headers (RFC 9110 §9.3.2); the server leaves its body out.</summary>
    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string path, RequestDelegate respond) =>
        routes.MapMethods(path, _methods, respond);
}
