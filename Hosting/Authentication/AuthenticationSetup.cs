using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Authentication;

/// <summary>Sets up who may call which endpoint: authentication schemes, and a policy for each scope.</summary>
public static class AuthenticationSetup
{
    /// <summary>The scheme of <c>Authorization: Bearer</c>.</summary>
    public const string Bearer = "bearer";

    /// <summary>The scheme that takes a Bearer token, or token and project code in headers of their own.</summary>
    public const string Token = "token";

    /// <summary>The scheme of browsers that are signed in, which the page adds.</summary>
    public const string Session = "session";

    /// <summary>The scheme of callers on the same machine, who need no token.</summary>
    public const string Local = "local";

    /// <summary>Adds a scheme. An endpoint names it in <see cref="RequireScope"/>.</summary>
    public static IServiceCollection AddScheme<T>(this IServiceCollection services, string name)
        where T : AuthenticationHandler<AuthenticationSchemeOptions>
    {
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, T>(name, configureOptions: null);
        return services;
    }

    /// <summary>Lets only those callers in whom one of the schemes finds to have a scope.</summary>
    public static T RequireScope<T>(this T endpoints, Scopes scope, params string[] schemes)
        where T : IEndpointConventionBuilder =>
        endpoints
            .RequireAuthorization(policy => policy.AddAuthenticationSchemes(schemes).RequireClaim(ProjectClaims.Scope, scope.ToString()))
            .WithMetadata(new RequiredScope(scope));

    internal static void Add(IServiceCollection services)
    {
        // AddAuthentication would add data protection too, which writes keys into the home directory when the host starts.
        services.AddAuthenticationCore().AddWebEncoders().AddAuthorization();
        services.AddScheme<TokenHandler>(Bearer).AddScheme<TokenHandler>(Token).AddScheme<LocalAccessHandler>(Local);
        services.AddSingleton<LocalAccess>().AddSingleton<WrongTokens>().AddSingleton<CallerWatch>();
    }

    internal static void Use(WebApplication app)
    {
        // An endpoint without a policy is run here. The two steps behind would allocate for every push, and find nothing to do.
        app.Use(static (context, next) =>
            context.GetEndpoint() is { RequestDelegate: { } run } endpoint && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
                ? run(context)
                : next(context));
        app.UseAuthentication();
        app.UseAuthorization();
    }
}

/// <summary>The scope that an endpoint requires, as its metadata.</summary>
internal sealed record RequiredScope(Scopes Scope);
