using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Query.Families;

/// <summary>
/// An API family: its routes, its errors, who may call it, and its part of the OpenAPI document. It has everything under its prefixes, so that every
/// error there has its shape. Immutable.
/// </summary>
/// <param name="name">Its name in metrics.</param>
/// <param name="prefixes">The paths that its routes are under.</param>
/// <param name="schemes">The authentication schemes of its callers.</param>
internal abstract class ApiModule(string name, string[] prefixes, params string[] schemes)
{
    public string Name => name;

    /// <summary>The methods that its routes take.</summary>
    protected virtual string[] Methods { get; } = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Whether paths are compared letter by letter behind the prefix.</summary>
    protected virtual bool IsExactCase => true;

    /// <summary>Adds its endpoints, its authentication scheme and its part of the OpenAPI document.</summary>
    public abstract void AddServices(IServiceCollection services);

    /// <summary>Writes an error of a status, with a sentence for the caller, as the whole response.</summary>
    public abstract Task WriteErrorAsync(HttpContext context, int status, string detail);

    /// <summary>Maps its routes, and two for everything else under its prefixes.</summary>
    public void MapTo(IEndpointRouteBuilder routes)
    {
        foreach (string prefix in prefixes)
        {
            RouteGroupBuilder family = routes.MapGroup(prefix).WithMetadata(this);
            RouteGroupBuilder allowed = family.MapGroup("").RequireScope(Scopes.Read, schemes);
            RouteGroupBuilder own = allowed.MapGroup("");
            if (IsExactCase)
            {
                own.WithMetadata(new ExactCase(prefix.Count('/')));
            }

            Map(own);
            MapChanges(family.MapGroup("").RequireScope(Scopes.Admin, AuthenticationSetup.Bearer), family);
            Map(allowed, "/{**path}", context => WriteErrorAsync(context, StatusCodes.Status404NotFound, NotFound(context.Request)));
            family.Map("/{**path}", RefuseMethodAsync);
        }
    }

    /// <summary>Maps the routes under a prefix.</summary>
    protected abstract void Map(RouteGroupBuilder routes);

    /// <summary>
    /// Maps the routes that change something, for callers with the scope admin and a token: a browser that is signed in must not be led here.
    /// </summary>
    /// <param name="changes">Where they are mapped.</param>
    /// <param name="family">Where what they refuse is mapped.</param>
    protected virtual void MapChanges(RouteGroupBuilder changes, RouteGroupBuilder family)
    {
    }

    /// <summary>What the error says where the path is none of the routes.</summary>
    protected abstract string NotFound(HttpRequest request);

    /// <summary>Maps a route to an endpoint, which is made when the host has started: store and projects may be opened only then.</summary>
    protected IEndpointConventionBuilder Map<T>(RouteGroupBuilder routes, string pattern, Func<T, HttpContext, Task> respond)
        where T : notnull => Map(routes, pattern, Methods, respond);

    /// <inheritdoc cref="Map{T}(RouteGroupBuilder, string, Func{T, HttpContext, Task})"/>
    protected static IEndpointConventionBuilder Map<T>(RouteGroupBuilder routes, string pattern, string[] methods, Func<T, HttpContext, Task> respond)
        where T : notnull
    {
        T? endpoint = default;
        return routes.MapMethods(pattern, methods, context => respond(endpoint ??= context.RequestServices.GetRequiredService<T>(), context))
            .WithMetadata(new EndpointActivation.Step(services => endpoint = services.GetRequiredService<T>()));
    }

    /// <summary>Refuses the methods that a path does not take.</summary>
    /// <param name="family">The family's routes.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="methods">What it takes.</param>
    protected void Refuse(RouteGroupBuilder family, string pattern, params string[] methods) =>
        family.Map(pattern, context => RefuseMethodAsync(context, methods));

    protected IEndpointConventionBuilder Map(RouteGroupBuilder routes, string pattern, RequestDelegate respond) =>
        routes.MapMethods(pattern, Methods, respond);

    private Task RefuseMethodAsync(HttpContext context) => RefuseMethodAsync(context, Methods);

    private Task RefuseMethodAsync(HttpContext context, string[] methods)
    {
        context.Response.Headers.Allow = string.Join(", ", methods);
        string detail = $"Only {string.Join(" and ", methods)} {(methods.Length == 1 ? "is" : "are")} answered here.";
        return WriteErrorAsync(context, StatusCodes.Status405MethodNotAllowed, detail);
    }
}
