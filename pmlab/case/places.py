"""Real counties in which Fernbroom may start, and their time zones.

Source: U.S. Census Bureau, American Community Survey 2014-2018, table B08201 (public
domain). Kept: counties with 90,000 to 320,000 households, in states with one time zone.
The places are real; what Fernbroom does there is invented.
"""

import dataclasses
import functools

from pmlab.case.draws import Draws

_STATES_OF_ZONE = {
    "America/New_York": (
        "Connecticut, Georgia, Maryland, Massachusetts, New Jersey, New York, "
        "North Carolina, Ohio, Pennsylvania, South Carolina, Virginia"
    ),
    "America/Chicago": (
        "Alabama, Arkansas, Illinois, Iowa, Louisiana, Minnesota, Missouri, Oklahoma, "
        "Wisconsin"
    ),
    "America/Denver": "Colorado, New Mexico, Utah",
    "America/Los_Angeles": "California, Washington",
}
_ZONE_OF_STATE = {
    state: zone
    for zone, states in _STATES_OF_ZONE.items()
    for state in states.split(", ")
}

# county_fips|county|state|households|households without a car
_COUNTIES = """\
01073|Jefferson County|Alabama|260924|19981
01089|Madison County|Alabama|145256|7103
01097|Mobile County|Alabama|155831|10391
05007|Benton County|Arkansas|94333|3055
05119|Pulaski County|Arkansas|157083|11466
06019|Fresno County|California|304624|25805
06029|Kern County|California|267913|18281
06041|Marin County|California|105258|5130
06053|Monterey County|California|126052|5984
06061|Placer County|California|140661|5405
06077|San Joaquin County|California|226727|14450
06079|San Luis Obispo County|California|105317|4557
06081|San Mateo County|California|261969|14038
06083|Santa Barbara County|California|144962|8052
06087|Santa Cruz County|California|95756|5234
06095|Solano County|California|149067|7541
06097|Sonoma County|California|189339|9223
06099|Stanislaus County|California|172682|11100
06107|Tulare County|California|136106|8274
06111|Ventura County|California|271226|11400
08001|Adams County|Colorado|164353|7794
08005|Arapahoe County|Colorado|237559|11799
08013|Boulder County|Colorado|125894|6707
08031|Denver County|Colorado|294358|29335
08035|Douglas County|Colorado|117426|2389
08041|El Paso County|Colorado|253379|10895
08059|Jefferson County|Colorado|230153|9242
08069|Larimer County|Colorado|133527|5486
08123|Weld County|Colorado|102101|3637
09011|New London County|Connecticut|107402|6618
13051|Chatham County|Georgia|108151|8968
13063|Clayton County|Georgia|92845|6577
13067|Cobb County|Georgia|277222|10359
13089|DeKalb County|Georgia|277757|24274
13135|Gwinnett County|Georgia|288724|9714
17089|Kane County|Illinois|178050|7813
17097|Lake County|Illinois|244672|12203
17111|McHenry County|Illinois|111812|4073
17119|Madison County|Illinois|107413|7201
17163|St. Clair County|Illinois|103063|9683
17197|Will County|Illinois|227848|8334
17201|Winnebago County|Illinois|114608|9798
19153|Polk County|Iowa|183753|10828
22017|Caddo Parish|Louisiana|96360|10179
22033|East Baton Rouge Parish|Louisiana|165939|11840
22051|Jefferson Parish|Louisiana|168895|12302
22055|Lafayette Parish|Louisiana|90606|6291
22103|St. Tammany Parish|Louisiana|91975|3334
24003|Anne Arundel County|Maryland|207599|7882
24005|Baltimore County|Maryland|312913|23861
24021|Frederick County|Maryland|91405|3799
24025|Harford County|Maryland|93286|4652
24027|Howard County|Maryland|112966|4236
24033|Prince George's County|Maryland|308849|26911
25001|Barnstable County|Massachusetts|94292|4759
25005|Bristol County|Massachusetts|216618|23107
25009|Essex County|Massachusetts|292659|31674
25021|Norfolk County|Massachusetts|263551|24529
25023|Plymouth County|Massachusetts|186306|11133
25027|Worcester County|Massachusetts|307294|28421
27003|Anoka County|Minnesota|126848|5681
27037|Dakota County|Minnesota|160144|6742
27123|Ramsey County|Minnesota|209069|21937
27163|Washington County|Minnesota|93184|3282
29047|Clay County|Missouri|90285|3841
29077|Greene County|Missouri|122026|8402
29095|Jackson County|Missouri|282653|25333
29183|St. Charles County|Missouri|144643|4016
34005|Burlington County|New Jersey|165496|7631
34007|Camden County|New Jersey|187158|21253
34015|Gloucester County|New Jersey|104587|6203
34021|Mercer County|New Jersey|129873|14443
34023|Middlesex County|New Jersey|284174|21691
34025|Monmouth County|New Jersey|233874|16289
34027|Morris County|New Jersey|180896|8499
34029|Ocean County|New Jersey|225270|15036
34035|Somerset County|New Jersey|117012|5574
34039|Union County|New Jersey|188987|21871
35001|Bernalillo County|New Mexico|265657|17640
36027|Dutchess County|New York|107347|8778
36055|Monroe County|New York|300796|34000
36065|Oneida County|New York|90014|10058
36071|Orange County|New York|126776|12014
36087|Rockland County|New York|100005|10574
36091|Saratoga County|New York|93876|4007
37021|Buncombe County|North Carolina|107093|5428
37051|Cumberland County|North Carolina|124418|8127
37063|Durham County|North Carolina|123444|9936
37067|Forsyth County|North Carolina|146685|10993
37081|Guilford County|North Carolina|202731|13047
37129|New Hanover County|North Carolina|93636|5986
39017|Butler County|Ohio|138226|7519
39085|Lake County|Ohio|95980|4588
39093|Lorain County|Ohio|119536|8195
39095|Lucas County|Ohio|179065|18358
39099|Mahoning County|Ohio|98052|8353
39113|Montgomery County|Ohio|223894|22029
39151|Stark County|Ohio|152649|11069
39153|Summit County|Ohio|224385|19825
40027|Cleveland County|Oklahoma|105190|3966
40109|Oklahoma County|Oklahoma|299232|18348
40143|Tulsa County|Oklahoma|251176|17081
42011|Berks County|Pennsylvania|154467|12813
42017|Bucks County|Pennsylvania|237383|11394
42029|Chester County|Pennsylvania|189592|8841
42041|Cumberland County|Pennsylvania|98877|5869
42043|Dauphin County|Pennsylvania|111684|11242
42045|Delaware County|Pennsylvania|206405|21937
42049|Erie County|Pennsylvania|110050|12380
42071|Lancaster County|Pennsylvania|199889|20160
42077|Lehigh County|Pennsylvania|138008|12264
42079|Luzerne County|Pennsylvania|128054|13420
42091|Montgomery County|Pennsylvania|313949|18334
42095|Northampton County|Pennsylvania|114123|7816
42129|Westmoreland County|Pennsylvania|151665|11286
42133|York County|Pennsylvania|171244|9946
45019|Charleston County|South Carolina|156482|10621
45045|Greenville County|South Carolina|189334|11435
45051|Horry County|South Carolina|128586|6044
45063|Lexington County|South Carolina|111265|5395
45079|Richland County|South Carolina|150309|10567
45083|Spartanburg County|South Carolina|114640|7221
45091|York County|South Carolina|98155|3806
49011|Davis County|Utah|102865|3098
49049|Utah County|Utah|160649|4300
51041|Chesterfield County|Virginia|123010|3667
51087|Henrico County|Virginia|127111|7151
51107|Loudoun County|Virginia|125309|3054
51153|Prince William County|Virginia|140473|3514
53011|Clark County|Washington|171522|7772
53035|Kitsap County|Washington|101662|5515
53053|Pierce County|Washington|317699|17215
53061|Snohomish County|Washington|289737|14096
53063|Spokane County|Washington|198489|14401
53067|Thurston County|Washington|108070|5245
55009|Brown County|Wisconsin|104133|5725
55025|Dane County|Wisconsin|219490|16088
55133|Waukesha County|Wisconsin|157548|5910
"""


@dataclasses.dataclass(frozen=True)
class County:
    """One real county.

    Attributes:
        fips: Five-digit county code of the Census Bureau.
        name: Name of the county.
        state: Name of the state.
        households: Households, ACS 2014-2018.
        households_no_car: Households without a car, ACS 2014-2018.
    """

    fips: str
    name: str
    state: str
    households: int
    households_no_car: int

    @property
    def time_zone(self) -> str:
        """Return the county's IANA time zone."""
        return _ZONE_OF_STATE[self.state]


@functools.cache
def counties() -> tuple[County, ...]:
    """Return all counties of the pool, by code."""
    rows = (line.split("|") for line in _COUNTIES.splitlines())
    return tuple(
        County(fips, name, state, int(households), int(no_car))
        for fips, name, state, households, no_car in rows
    )


@functools.lru_cache(maxsize=64)
def company_counties(variant: str) -> tuple[County, ...]:
    """Return the 24 counties in which the company works; the first three start."""
    pool = counties()
    order = Draws(variant, "counties").order(len(pool))
    return tuple(pool[int(position)] for position in order[:24])


def launch_trio(variant: str) -> tuple[County, ...]:
    """Return the three counties in which the app starts."""
    return company_counties(variant)[:3]
