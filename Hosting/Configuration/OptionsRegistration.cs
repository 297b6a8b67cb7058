using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Registers sections of the configuration.</summary>
public static class OptionsRegistration
{
    /// <summary>
    /// Lets <typeparamref name="T"/> take the keys of a section, one a property: <c>string</c>, <c>bool</c>, numbers, enums, <see cref="TimeSpan"/> (<c>10m</c>),
    /// sizes (a number whose name ends in "Bytes", <c>64MiB</c>), <see cref="IReadOnlyList{T}"/> and <c>IReadOnlyDictionary&lt;string, TimeSpan&gt;</c>.
    /// <c>[Description]</c> is the line in <c>--help</c>, the initial value the default; <c>[Range]</c>, <c>[Required]</c> and <c>IValidatableObject</c> are checked at start.
    /// Afterwards <c>IOptions&lt;T&gt;</c> and <typeparamref name="T"/> itself can be injected.
    /// </summary>
    public static IServiceCollection AddSection<T>(this IServiceCollection services, string name)
        where T : class
    {
        OptionsSection section = new(name, typeof(T));
        if (services.Any(service => section.Equals(service.ImplementationInstance)))
        {
            return services;
        }

        services.AddSingleton(section);
        services.TryAddSingleton(provider => new BoundOptions(provider.GetServices<OptionsSection>(), provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(provider => provider.GetRequiredService<BoundOptions>().Get<T>());
        services.AddSingleton<IOptions<T>>(provider => Options.Create(provider.GetRequiredService<T>()));
        return services;
    }
}
