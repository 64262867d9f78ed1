"""Word lists the sandbox makes people, companies and addresses from.

Data only. How they are combined is in people.py; how the product normalises names is in
dbt_project/linkage and its seeds, which are wider than these on purpose.
"""

# ruff: noqa: E501, SIM905 (word lists are data, read better as running text)

from __future__ import annotations

FIRST_NAMES = (
    "James Robert John Michael David William Richard Joseph Thomas Christopher Charles Daniel Matthew "
    "Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian Timothy Ronald George Jason "
    "Edward Jeffrey Ryan Jacob Nicholas Gary Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin "
    "Samuel Gregory Alexander Patrick Frank Raymond Jack Dennis Jerry Tyler Aaron Jose Adam Nathan Henry "
    "Zachary Douglas Peter Kyle Noah Ethan Jeremy Christian Walter Keith Austin Roger Terry Sean Gerald "
    "Carl Dylan Harold Jordan Jesse Bryan Lawrence Arthur Gabriel Bruce Logan Billy Joe Alan Juan Elijah "
    "Willie Albert Wayne Randy Mason Vincent Liam Roy Bobby Caleb Bradley Russell Lucas Philip Eugene "
    "Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Sandra Betty "
    "Ashley Emily Kimberly Margaret Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon "
    "Laura Cynthia Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole Anna Samantha Katherine "
    "Christine Debra Rachel Carolyn Janet Maria Olivia Heather Helen Catherine Diane Julie Victoria Joyce "
    "Lauren Kelly Christina Ruth Joan Virginia Judith Evelyn Hannah Andrea Megan Cheryl Jacqueline Madison "
    "Teresa Abigail Sophia Martha Sara Gloria Janice Kathryn Ann Isabella Judy Charlotte Julia Grace Amber "
    "Alice Jean Denise Frances Danielle Marilyn Natalie Beverly Diana Brittany Theresa Kayla Alexis Doris "
    "Lori Tiffany Gwendolyn Rosemary Yolanda Priya Mei Fatima Ximena Zoë José Jesús André Renée Søren "
    "Mateo Hyun Anika Tomás Ingrid Omar Nadia Dmitri Chidi Amara Rafael Lucía Bianca Hugo Leif Marta"
).split()

COMMON_SURNAMES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez "
    "Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark "
    "Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams "
    "Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker "
    "Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper "
    "Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James "
    "Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez "
    "Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Gonzales Fisher Vasquez "
    "Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole "
    "Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall Owens "
    "Harrison Fernandez McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb Tucker "
    "Guzman Burns Crawford Olson Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder Mason Dixon Munoz "
    "O'Brien O'Connor Müller Núñez Peña García-Lopez Smith-Jones van-Dyke De-La-Cruz St.Clair MacLeod"
).split()

SURNAME_ROOTS = (
    "Ash Bar Beck Black Brad Bran Brink Burn Cal Carl Chad Clay Cress Cros Dal Den Dray East Eld Elm Fair "
    "Far Fen Fern Fitz Flint Fos Gal Garr Glad Glen Gran Hal Ham Hart Hath Hay Hazel Hol Hum Kel Ken Kings "
    "Kirk Lan Lang Leigh Lind Lock Lud Mal Mar Mel Mid Mil Mont Nor Oak Or Pem Pen Pres Quill Rad Red Rock "
    "Ros Row Sal Sed Shel Sher Stan Sten Stock Strat Sut Tal Thorn Til Tren Var Wake Wal War Wen Whit Win "
    "Wood Wyn Yar York Zeller Kova Petro Novi Schwar Ziegel Bjorn Lars Okon Adey Chandra Banner Suri"
).split()

SURNAME_ENDINGS = (
    "bury by castle cliff combe cott croft dale den don er feld field ford gate grave ham hart hill holm "
    "house hurst ingham ington kin land ley lock low man mere mond more ness off over pole port ridge sen "
    "shaw side ski smith son stead stein ster stock ston strom thorpe ton vale ville wald ward way well "
    "wick witz wood worth wright yard"
).split()

NICKNAMES = {
    "James": ("Jim", "Jimmy", "Jamie"), "Robert": ("Bob", "Rob", "Bobby"), "John": ("Jack", "Johnny"),
    "Michael": ("Mike", "Mick"), "David": ("Dave",), "William": ("Bill", "Will", "Billy"),
    "Richard": ("Rick", "Dick", "Rich"), "Joseph": ("Joe", "Joey"), "Thomas": ("Tom", "Tommy"),
    "Christopher": ("Chris", "Topher"), "Charles": ("Chuck", "Charlie"), "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",), "Anthony": ("Tony",), "Donald": ("Don",), "Steven": ("Steve",),
    "Andrew": ("Andy", "Drew"), "Joshua": ("Josh",), "Kenneth": ("Ken", "Kenny"), "Timothy": ("Tim",),
    "Ronald": ("Ron",), "Edward": ("Ed", "Eddie", "Ted"), "Jeffrey": ("Jeff",), "Jacob": ("Jake",),
    "Nicholas": ("Nick",), "Jonathan": ("Jon",), "Stephen": ("Steve",), "Lawrence": ("Larry",),
    "Benjamin": ("Ben",), "Samuel": ("Sam",), "Gregory": ("Greg",), "Alexander": ("Alex",),
    "Patrick": ("Pat",), "Raymond": ("Ray",), "Nathan": ("Nate",), "Zachary": ("Zach",),
    "Douglas": ("Doug",), "Peter": ("Pete",), "Walter": ("Walt",), "Gerald": ("Jerry",),
    "Harold": ("Hal", "Harry"), "Arthur": ("Art",), "Albert": ("Al",), "Vincent": ("Vince",),
    "Bradley": ("Brad",), "Russell": ("Russ",), "Philip": ("Phil",), "Eugene": ("Gene",),
    "Patricia": ("Pat", "Patty", "Trish"), "Jennifer": ("Jen", "Jenny"), "Linda": ("Lin",),
    "Elizabeth": ("Liz", "Beth", "Betty"), "Barbara": ("Barb",), "Susan": ("Sue", "Susie"),
    "Jessica": ("Jess",), "Sandra": ("Sandy",), "Emily": ("Em",), "Kimberly": ("Kim",),
    "Margaret": ("Peggy", "Maggie", "Meg"), "Michelle": ("Shelly",), "Amanda": ("Mandy",),
    "Melissa": ("Missy",), "Deborah": ("Deb", "Debbie"), "Stephanie": ("Steph",),
    "Rebecca": ("Becky",), "Cynthia": ("Cindy",), "Dorothy": ("Dot", "Dottie"),
    "Kathleen": ("Kathy",), "Angela": ("Angie",), "Pamela": ("Pam",), "Nicole": ("Nikki",),
    "Samantha": ("Sam",), "Katherine": ("Kate", "Kathy", "Katie"), "Christine": ("Chris",),
    "Debra": ("Debbie",), "Catherine": ("Cathy",), "Victoria": ("Vicky",), "Christina": ("Tina",),
    "Virginia": ("Ginny",), "Judith": ("Judy",), "Jacqueline": ("Jackie",), "Teresa": ("Terry",),
    "Abigail": ("Abby",), "Kathryn": ("Kathy",), "Frances": ("Fran",), "Danielle": ("Dani",),
    "Theresa": ("Terry",), "Alexis": ("Lexi",), "Gabriel": ("Gabe",), "Frank": ("Frankie",),
}  # fmt: skip

STREETS = (
    "Main Oak Maple Cedar Pine Elm Washington Lake Hill Walnut Spring North-Ridge Park River Willow "
    "Jefferson Madison Jackson Lincoln Highland Forest Meadow Sunset Cherry Dogwood Franklin Church Mill "
    "Valley Chestnut Center Ridge Locust Poplar Laurel Magnolia Sycamore Birch Hickory Juniper Orchard "
    "Prairie Canyon Creekside Stonebridge Brookfield Fairview Glenwood Hillcrest Lakeview Oakwood Parkside "
    "Riverside Shady-Grove Timber Wildwood Winding Bluebonnet Mockingbird Cottonwood Pecan Mesquite Live-Oak "
    "Barton Congress Lamar Guadalupe Burnet Manchaca Anderson Duval Speedway Enfield Windsor Exposition "
    "Westover Balcones Bull-Creek Spicewood Anderson-Mill Lantana Buckeye Sandstone Copper Quail-Run "
    "Fox-Hollow Deer-Run Eagle Falcon Heron Cardinal Robin Sparrow Bluff Summit Pinnacle Vista Harbor Bay "
    "Cove Pebble Granite Cobblestone Wagon Saddle Stagecoach Ranch Homestead Pioneer Frontier Liberty "
    "Independence Heritage Colonial Georgetown Lexington Concord Monroe Adams Harrison Tyler Polk Grant "
    "Hayes Cleveland Roosevelt 1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th"
).split()

STREET_TYPES = (
    ("Street", "St"), ("Avenue", "Ave"), ("Drive", "Dr"), ("Lane", "Ln"), ("Road", "Rd"),
    ("Court", "Ct"), ("Boulevard", "Blvd"), ("Circle", "Cir"), ("Place", "Pl"), ("Way", "Way"),
    ("Trail", "Trl"), ("Terrace", "Ter"),
)  # fmt: skip

DIRECTIONS = (("North", "N"), ("South", "S"), ("East", "E"), ("West", "W"))

# City, state, first postal code (the following ones belong to it too), telephone area code.
CITIES = (
    ("Austin", "TX", 78701, "512"), ("Round Rock", "TX", 78664, "737"), ("Dallas", "TX", 75201, "214"),
    ("Fort Worth", "TX", 76102, "817"), ("Houston", "TX", 77002, "713"), ("Plano", "TX", 75023, "972"),
    ("San Antonio", "TX", 78201, "210"), ("Phoenix", "AZ", 85003, "602"), ("Mesa", "AZ", 85201, "480"),
    ("Tucson", "AZ", 85701, "520"), ("Denver", "CO", 80202, "303"), ("Aurora", "CO", 80010, "720"),
    ("Tampa", "FL", 33602, "813"), ("Orlando", "FL", 32801, "407"), ("Atlanta", "GA", 30303, "404"),
    ("Marietta", "GA", 30060, "770"), ("Charlotte", "NC", 28202, "704"), ("Raleigh", "NC", 27601, "919"),
    ("Columbus", "OH", 43201, "614"), ("Cleveland", "OH", 44102, "216"), ("Kansas City", "MO", 64105, "816"),
    ("Saint Louis", "MO", 63101, "314"), ("Nashville", "TN", 37201, "615"), ("Memphis", "TN", 38103, "901"),
)  # fmt: skip

COMPANY_WORDS = (
    "Oak Ridge|Blue Sky|Summit|Lone Star|Riverbend|Capitol|Hill Country|Bright|Evergreen|Golden|Liberty|"
    "Patriot|Sunrise|Westlake|Northgate|Cedar Park|Pioneer|Silver Creek|Stonewall|Heritage|Allied|Premier|"
    "Metro|United|Pinnacle|Lakeside|Harbor|Crown|Anchor|Falcon|Mesa|Prairie|Granite|Beacon|Cascade|Vertex"
).split("|")
COMPANY_TRADES = (
    "Dental|Veterinary|Auto Repair|Bakery|Daycare|Realty|Accounting|Law Office|Insurance|Church|Pharmacy|"
    "Storage|Brewing|Fitness|Salon|Roasters|Books|Hardware|Printing|Logistics|Academy|Clinic|Diner|Florist"
).split("|")
COMPANY_FORMS = ("LLC", "Inc", "Inc.", "L.L.C.", "Corp", "Co", "PLLC", "")
MAIL_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com")

OPERATOR_NAME = "Bluebonnet Home Services LLC"
OPERATOR_PHONE = "512-867-5309"
OPERATOR_ADDRESS = "4400 Industrial Oaks Blvd Ste 210, Austin, TX 78735"
